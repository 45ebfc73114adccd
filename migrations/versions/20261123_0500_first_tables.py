"""The tables of the first release.

Safe with the old program: there is none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.kit.tables import UTCDateTime
from migrations import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UTCDateTime(timezone=True)
TABLES = (
    "sign_off_content",
    "sign_off",
    "coach_visit",
    "submission",
    "preparation",
    "evidence",
    "delivery_date",
    "assessment",
    "quiz_attempt",
    "lesson_completion",
    "delivery",
    "coach_assignment",
    "certification_decision",
    "assignment_record",
    "enrolment",
    "quiz",
    "practical_assignment",
    "lesson",
    "learning_point",
    "handbook_session",
    "course_image",
    "cohort",
    "certificate",
    "standing_span",
    "meeting_signup",
    "intervision_session",
    "course_edition",
    "certification_period",
    "sign_in",
    "role_grant",
    "message",
    "membership",
    "meeting",
    "login_code",
    "line_manager",
    "ledger_content",
    "invitation",
    "intervision_round",
    "export",
    "course",
    "certification",
    "account",
    "rate_window",
    "person",
    "organisation",
    "number_series",
    "ledger_event",
    "job",
    "intervention",
    "form_key",
)


def upgrade() -> None:
    op.create_table(
        "form_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", INT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_key")),
    )
    op.create_table(
        "intervention",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
        sa.UniqueConstraint("slug", name=op.f("uq_intervention_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("max_attempts", INT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_job_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_job_ended_at"), "job", ["ended_at"], unique=False)
    op.create_table(
        "ledger_event",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor_id", INT, nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("subject_id", INT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ledger_event_at"), "ledger_event", ["at"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("year", INT, autoincrement=False, nullable=False),
        sa.Column("last", INT, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organisation_folded_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "person",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_person_folded_name"), "person", ["folded_name"], unique=False)
    op.create_table(
        "rate_window",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("count", INT, nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_rate_window")),
    )
    op.create_table(
        "account",
        sa.Column("person_id", INT, nullable=False),
        sa.Column("activated_at", MOMENT, nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("notice_read_at", MOMENT, nullable=True),
        sa.Column("blocked_at", MOMENT, nullable=True),
        sa.Column("last_seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_account")),
    )
    op.create_table(
        "certification",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("certified_since", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("source IN ('training', 'taken_over')", name=op.f("ck_certification_source")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_certification_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certification_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("person_id", "intervention_id", name=op.f("uq_certification_person_id_intervention_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_certification_intervention_id"), "certification", ["intervention_id"], unique=False)
    op.create_table(
        "course",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_course_intervention_id_intervention")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_course_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_intervention_id"), "course", ["intervention_id"], unique=False)
    op.create_table(
        "export",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_export_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_export_person_id"), "export", ["person_id"], unique=False)
    op.create_table(
        "intervision_round",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("year", INT, nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("signup_closes_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.CheckConstraint("half IN ('spring', 'autumn')", name=op.f("ck_intervision_round_half")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_intervision_round_intervention_id_intervention")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_round")),
        sa.UniqueConstraint(
            "intervention_id", "year", "half", name=op.f("uq_intervision_round_intervention_id_year_half")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invitation",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("invited_by_id", INT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_table(
        "ledger_content",
        sa.Column("event_id", INT, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_content_event_id_ledger_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_content")),
    )
    op.create_table(
        "line_manager",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("manager_id", INT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_line_manager_manager_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_line_manager_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_manager")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_line_manager_manager_id"), "line_manager", ["manager_id"], unique=False)
    op.create_index(op.f("ix_line_manager_person_id"), "line_manager", ["person_id"], unique=False)
    op.create_table(
        "login_code",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_login_code_browser_hash"), "login_code", ["browser_hash"], unique=False)
    op.create_index(op.f("ix_login_code_person_id"), "login_code", ["person_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("net_minutes", INT, nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("seats", INT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("food", sa.String(), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("taken", INT, nullable=False),
        sa.Column("sequence", INT, nullable=False),
        sa.Column("signup_closes_at", MOMENT, nullable=True),
        sa.Column("contact_id", INT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_ends")),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_meeting_taken")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_meeting_contact_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "membership",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("organisation_id", INT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("send_at", MOMENT, nullable=False),
        sa.Column("own_text", sa.String(), nullable=False),
        sa.Column("reply_to_id", INT, nullable=True),
        sa.Column("not_after", MOMENT, nullable=True),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("bounced_at", MOMENT, nullable=True),
        sa.Column("expired_at", MOMENT, nullable=True),
        sa.Column("suppressed_at", MOMENT, nullable=True),
        sa.Column("suppressed_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["person.id"], name=op.f("fk_message_reply_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"], unique=False)
    op.create_index(op.f("ix_message_send_at"), "message", ["send_at"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("organisation_id", INT, nullable=True),
        sa.Column("intervention", sa.String(), nullable=False),
        sa.Column("granted_by_id", INT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_role_grant_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_index(
        "uq_role_grant_current",
        "role_grant",
        ["person_id", "role", "intervention"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NULL"),
    )
    op.create_index(
        "uq_role_grant_current_organisation",
        "role_grant",
        ["person_id", "role", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("factor_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_in_expires")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "certification_period",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("certification_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.Column("imported_intervisions", INT, nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_certification_period_ends")),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certification.id"],
            name=op.f("fk_certification_period_certification_id_certification"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ledger_event.id"], name=op.f("fk_certification_period_event_id_ledger_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_period")),
        sa.UniqueConstraint("certification_id", "number", name=op.f("uq_certification_period_certification_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "course_edition",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("course_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=False),
        sa.Column("rubric", sa.JSON(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_edition_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_edition")),
        sa.UniqueConstraint("course_id", "content_hash", name=op.f("uq_course_edition_course_id_content_hash")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_edition_course_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_edition_course_id"), "course_edition", ["course_id"], unique=False)
    op.create_table(
        "intervision_session",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("round_id", INT, nullable=False),
        sa.Column("meeting_id", INT, nullable=False),
        sa.Column("facilitator_id", INT, nullable=True),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["person.id"], name=op.f("fk_intervision_session_facilitator_id_person")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_intervision_session_meeting_id_meeting")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["intervision_round.id"], name=op.f("fk_intervision_session_round_id_intervision_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_session")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_intervision_session_meeting_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_intervision_session_facilitator_id"), "intervision_session", ["facilitator_id"], unique=False
    )
    op.create_index(op.f("ix_intervision_session_round_id"), "intervision_session", ["round_id"], unique=False)
    op.create_table(
        "meeting_signup",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("meeting_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("sequence", INT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("attendance", sa.String(), nullable=False),
        sa.Column("attended_minutes", INT, nullable=True),
        sa.Column("attendance_at", MOMENT, nullable=True),
        sa.Column("attendance_by_id", INT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.CheckConstraint("answer IN ('', 'yes', 'no')", name=op.f("ck_meeting_signup_answer")),
        sa.CheckConstraint(
            "attendance IN ('', 'present', 'partial', 'absent', 'absent_notified')",
            name=op.f("ck_meeting_signup_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["attendance_by_id"], ["person.id"], name=op.f("fk_meeting_signup_attendance_by_id_person")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_signup_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_signup_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_signup")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_signup_meeting_id_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_meeting_signup_token_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_signup_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meeting_signup_person_id"), "meeting_signup", ["person_id"], unique=False)
    op.create_table(
        "standing_span",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("certification_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_standing_span_certification_id_certification")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_standing_span_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_span")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_standing_span_certification_id"), "standing_span", ["certification_id"], unique=False)
    op.create_index(op.f("ix_standing_span_person_id"), "standing_span", ["person_id"], unique=False)
    op.create_index("ix_standing_span_state", "standing_span", ["state", "starts_on", "ends_on"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("period_id", INT, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("seal_svg", sa.String(), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("pdf_key", sa.String(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["certification_period.id"], name=op.f("fk_certificate_period_id_certification_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("period_id", name=op.f("uq_certificate_period_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cohort",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seats", INT, nullable=False),
        sa.Column("contact_id", INT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_cohort_seats")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_cohort_contact_id_person")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_cohort_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cohort_edition_id"), "cohort", ["edition_id"], unique=False)
    op.create_table(
        "course_image",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("width", INT, nullable=False),
        sa.Column("height", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_course_image_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_image")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_course_image_edition_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_image_edition_id"), "course_image", ["edition_id"], unique=False)
    op.create_table(
        "handbook_session",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("script", sa.JSON(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_handbook_session_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_session")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_handbook_session_edition_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handbook_session_edition_id"), "handbook_session", ["edition_id"], unique=False)
    op.create_table(
        "learning_point",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("signup_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("learned", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_learning_point_person_id_person")),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["meeting_signup.id"], name=op.f("fk_learning_point_signup_id_meeting_signup")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_point")),
        sa.UniqueConstraint("signup_id", name=op.f("uq_learning_point_signup_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_learning_point_person_id"), "learning_point", ["person_id"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("minutes", INT, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("intro", sa.String(), nullable=False),
        sa.Column("image", sa.JSON(), nullable=True),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_lesson_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_lesson_edition_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lesson_edition_id"), "lesson", ["edition_id"], unique=False)
    op.create_table(
        "practical_assignment",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_practical_assignment_edition_id_course_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_assignment")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_practical_assignment_edition_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_practical_assignment_edition_id"), "practical_assignment", ["edition_id"], unique=False)
    op.create_table(
        "quiz",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("minutes", INT, nullable=False),
        sa.Column("intro", sa.String(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["course_edition.id"], name=op.f("fk_quiz_edition_id_course_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_quiz_edition_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_quiz_edition_id"), "quiz", ["edition_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("person_id", INT, nullable=False),
        sa.Column("cohort_id", INT, nullable=False),
        sa.Column("course_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("invitation_id", INT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("expired_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id_course")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_enrolment_edition_id_course_edition")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_enrolment_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("person_id", "cohort_id", name=op.f("uq_enrolment_person_id_cohort_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enrolment_cohort_id"), "enrolment", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_enrolment_course_id"), "enrolment", ["course_id"], unique=False)
    op.create_index(op.f("ix_enrolment_edition_id"), "enrolment", ["edition_id"], unique=False)
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND expired_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND expired_at IS NULL"),
    )
    op.create_table(
        "assignment_record",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("assignment_id", INT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["practical_assignment.id"],
            name=op.f("fk_assignment_record_assignment_id_practical_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_assignment_record_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_record")),
        sa.UniqueConstraint(
            "enrolment_id", "assignment_id", name=op.f("uq_assignment_record_enrolment_id_assignment_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assignment_record_assignment_id"), "assignment_record", ["assignment_id"], unique=False)
    op.create_table(
        "certification_decision",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("decided_by_id", INT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.CheckConstraint("kind IN ('granted', 'refused')", name=op.f("ck_certification_decision_kind")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_certification_decision_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_certification_decision_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ledger_event.id"], name=op.f("fk_certification_decision_event_id_ledger_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_decision")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_certification_decision_enrolment_id"), "certification_decision", ["enrolment_id"], unique=False
    )
    op.create_table(
        "coach_assignment",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coach_assignment_coach_id_person")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_coach_assignment_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_assignment")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coach_assignment_coach_id"), "coach_assignment", ["coach_id"], unique=False)
    op.create_index(op.f("ix_coach_assignment_enrolment_id"), "coach_assignment", ["enrolment_id"], unique=False)
    op.create_index(
        "uq_coach_assignment_current",
        "coach_assignment",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("leader_id", INT, nullable=False),
        sa.Column("intervention_id", INT, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("enrolment_id", INT, nullable=True),
        sa.Column("goal_group", sa.String(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_delivery_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_delivery_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_delivery_leader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_delivery_enrolment_id"), "delivery", ["enrolment_id"], unique=False)
    op.create_index(op.f("ix_delivery_intervention_id"), "delivery", ["intervention_id"], unique=False)
    op.create_index(op.f("ix_delivery_leader_id"), "delivery", ["leader_id"], unique=False)
    op.create_table(
        "lesson_completion",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("lesson_slug", sa.String(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_lesson_completion_edition_id_course_edition")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_completion_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_completion")),
        sa.UniqueConstraint("enrolment_id", "lesson_slug", name=op.f("uq_lesson_completion_enrolment_id_lesson_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lesson_completion_edition_id"), "lesson_completion", ["edition_id"], unique=False)
    op.create_table(
        "quiz_attempt",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("enrolment_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("quiz_slug", sa.String(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("score_pct", INT, nullable=False),
        sa.Column("critical_right", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.CheckConstraint("score_pct BETWEEN 0 AND 100", name=op.f("ck_quiz_attempt_score")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_quiz_attempt_edition_id_course_edition")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_quiz_attempt_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "enrolment_id", "quiz_slug", "number", name=op.f("uq_quiz_attempt_enrolment_id_quiz_slug_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_quiz_attempt_edition_id"), "quiz_attempt", ["edition_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("edition_id", INT, nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_assessment_coach_id_person")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_assessment_edition_id_course_edition")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_assessment_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("record_id", "attempt", "coach_id", name=op.f("uq_assessment_record_id_attempt_coach_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assessment_coach_id"), "assessment", ["coach_id"], unique=False)
    op.create_table(
        "delivery_date",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("delivery_id", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('session', 'end_presentation')", name=op.f("ck_delivery_date_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_delivery_date_ends")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_date_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_date")),
        sa.UniqueConstraint("delivery_id", "starts_at", name=op.f("uq_delivery_date_delivery_id_starts_at")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "evidence",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("thumb_key", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", INT, nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("recognisable", sa.String(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("width", INT, nullable=True),
        sa.Column("height", INT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("recognisable IN ('nobody', 'attested')", name=op.f("ck_evidence_recognisable")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_evidence_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_evidence_record_id"), "evidence", ["record_id"], unique=False)
    op.create_table(
        "preparation",
        sa.Column("record_id", INT, nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("session_plan", sa.String(), nullable=False),
        sa.Column("learning_question", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("draft_scores", sa.JSON(), nullable=False),
        sa.Column("draft_note", sa.String(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_preparation_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_preparation")),
    )
    op.create_table(
        "submission",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("self_scores", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_submission_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_submission_record_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "coach_visit",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("date_id", INT, nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("sequence", INT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coach_visit_coach_id_person")),
        sa.ForeignKeyConstraint(["date_id"], ["delivery_date.id"], name=op.f("fk_coach_visit_date_id_delivery_date")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_coach_visit_record_id_assignment_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_visit")),
        sa.UniqueConstraint("uid", name=op.f("uq_coach_visit_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coach_visit_coach_id"), "coach_visit", ["coach_id"], unique=False)
    op.create_index(op.f("ix_coach_visit_date_id"), "coach_visit", ["date_id"], unique=False)
    op.create_index(op.f("ix_coach_visit_record_id"), "coach_visit", ["record_id"], unique=False)
    op.create_index(
        "uq_coach_visit_current",
        "coach_visit",
        ["record_id", "attempt"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "sign_off",
        sa.Column("id", INT, sa.Identity(), nullable=False),
        sa.Column("record_id", INT, nullable=False),
        sa.Column("submission_id", INT, nullable=False),
        sa.Column("assessment_id", INT, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("suggested", sa.String(), nullable=False),
        sa.Column("coach_id", INT, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", INT, nullable=False),
        sa.CheckConstraint("decision IN ('signed_off', 'returned', 'not_met')", name=op.f("ck_sign_off_decision")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_sign_off_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_sign_off_coach_id_person")),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_sign_off_event_id_ledger_event")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["assignment_record.id"], name=op.f("fk_sign_off_record_id_assignment_record")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_sign_off_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_sign_off_submission_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_off_coach_id"), "sign_off", ["coach_id"], unique=False)
    op.create_index(op.f("ix_sign_off_record_id"), "sign_off", ["record_id"], unique=False)
    op.create_table(
        "sign_off_content",
        sa.Column("sign_off_id", INT, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_off_id"], ["sign_off.id"], name=op.f("fk_sign_off_content_sign_off_id_sign_off")
        ),
        sa.PrimaryKeyConstraint("sign_off_id", name=op.f("pk_sign_off_content")),
    )
    triggers.create_function()
    for table in triggers.FIRST:
        triggers.create(table)


def downgrade() -> None:
    for table in triggers.FIRST:
        triggers.drop(table)
    triggers.drop_function()
    for table in TABLES:
        op.drop_table(table)
