"""One professional's path through one practical assignment, and what the coach says of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

FILE = "90 days after the final decision"
DAY = "24 hours"
SCORES = "end of certification + 24 months"
OPEN, FIRST = text("settled_at IS NULL"), text("replaces_id IS NULL")
TALK = "1 year after the end"


class AssignmentRecord(Base):
    """A professional's path through one assignment; its state is `practice.rules.states.state()`.

    Retention: end of certification + 24 months (domain.md 8.5).
    """

    __tablename__ = "assignment_record"
    __table_args__ = (UniqueConstraint("enrolment_id", "assignment_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("practical_assignment.id"), index=True)
    created_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Preparation(Base):
    """What the professional writes before she hands in: goal, session plan, learning question, and her view of herself.

    The goal is empty until she prepared; the drafts hold her self-scores until she hands in. They keep themselves while
    she types and so count their own versions: `version` is that of what she wrote beforehand.

    Retention: 90 days after the final decision.
    """

    __tablename__ = "preparation"

    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), primary_key=True)
    goal: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    session_plan: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    learning_question: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    written_at: Mapped[datetime]
    draft_scores: Mapped[dict[str, Any]] = mapped_column(
        default_factory=dict, info=pii("person", "coaching", FILE, "delete")
    )
    draft_note: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", FILE, "delete"))
    draft_attempt: Mapped[int] = mapped_column(default=0)
    draft_version: Mapped[int] = mapped_column(default=0)
    draft_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CoachVisit(Base):
    """The coach comes to one of the group's dates.

    Retention: with the record; how to get there and who is there go 90 days after the final decision.
    """

    __tablename__ = "coach_visit"
    __table_args__ = (
        Index(
            "uq_coach_visit_current",
            "record_id",
            "attempt",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    attempt: Mapped[int]
    date_id: Mapped[int] = mapped_column(ForeignKey("delivery_date.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("visiting"))
    uid: Mapped[str] = mapped_column(unique=True, info=NOT_PERSONAL)
    planned_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_reason: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", SCORES, "delete"))
    directions: Mapped[str] = mapped_column(default="", info=pii("free text", "coaching", FILE, "delete"))
    venue_contact: Mapped[str] = mapped_column(default="", info=pii("contact", "coaching", FILE, "delete"))


class Evidence(Base):
    """A photo or document that shows the work. Pictures are re-encoded; recognisable people need consent.

    `added_by_id`: the professional, or the coach who took it during her visit; nothing in rows from before this was
    written down, which are the professional's. `sent_key` is what the sender calls this file, for a photo that a phone
    sends again: form keys are forgotten after two days, and a phone may be without signal for longer.

    `withdrawn_at`: consent was taken back; the file is gone, its hash is left.

    Retention: the file goes 90 days after the final decision; the hash stays with the sign-off.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("recognisable IN ('nobody', 'attested')", name="recognisable"),
        Index("uq_evidence_sent_key", "record_id", "sent_key", unique=True),
    )

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    attempt: Mapped[int]
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    storage_key: Mapped[str] = mapped_column(info=pii("special", "assessment", FILE, "delete"))
    thumb_key: Mapped[str] = mapped_column(info=pii("special", "assessment", FILE, "delete"))
    media_type: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    sha256: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    bytes: Mapped[int]
    caption: Mapped[str] = mapped_column(info=pii("free text", "assessment", FILE, "delete"))
    recognisable: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    uploaded_at: Mapped[datetime]
    width: Mapped[int | None] = mapped_column(default=None)
    height: Mapped[int | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    added_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who added it")
    )
    sent_key: Mapped[str | None] = mapped_column(default=None, info=NOT_PERSONAL)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    words: Mapped[str] = mapped_column(default="", info=pii("free text", "assessment", FILE, "delete"))
    link: Mapped[str] = mapped_column(default="", info=pii("free text", "assessment", FILE, "delete"))


class Upload(Base):
    """A file that comes in piece by piece, until it is whole and a job made evidence of it. Only its sender sees it.

    `received` is how far it is; it moves by one conditional UPDATE. `refused`: why it could not become evidence.
    `fingerprint`: what the browser makes of name, size and date, to know the same file again.

    Retention: 24 hours, with its pieces.
    """

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("received >= 0 AND received <= length", name="received"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who sends it"))
    attempt: Mapped[int]
    kind: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    length: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    caption: Mapped[str] = mapped_column(info=pii("free text", "assessment", DAY, "delete"))
    recognisable: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    purposes: Mapped[list[Any]] = mapped_column(info=NOT_PERSONAL)
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    received: Mapped[int] = mapped_column(default=0)
    refused: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), default=None)


class UploadPiece(Base):
    """A stretch of an upload, as a file in the store where no page looks. Retention: with its upload."""

    __tablename__ = "upload_piece"
    __table_args__ = (UniqueConstraint("upload_id", "starts_at"),)

    id: Mapped[Id] = mapped_column(init=False)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    starts_at: Mapped[int]
    bytes: Mapped[int]
    storage_key: Mapped[str] = mapped_column(info=pii("special", "assessment", DAY, "delete"))


class ConsentAttestation(Base):
    """Somebody vouches that who can be recognised in a piece of evidence said yes to one purpose. Never who they are.

    Retention: with the record; that consent was given or taken back outlives the file.
    """

    __tablename__ = "consent_attestation"
    __table_args__ = (
        UniqueConstraint("evidence_id", "purpose"),
        CheckConstraint("purpose IN ('assessment', 'intervision', 'training', 'publication')", name="purpose"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    purpose: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    attested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who vouches"))
    attested_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who took consent back")
    )


class Submission(Base):
    """Handed in for one attempt, numbered, never changed. Retention: with the record."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"))
    number: Mapped[int]
    attempt: Mapped[int]
    self_scores: Mapped[dict[str, Any]] = mapped_column(info=pii("person", "coaching", SCORES, "delete"))
    note: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    submitted_at: Mapped[datetime]


class ReflectionDraft(Base):
    """How far she is with looking back (STARR) on an attempt, before she hands in; nobody else reads it.

    Retention: 90 days after the final decision, or until she takes it away.
    """

    __tablename__ = "reflection_draft"

    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), primary_key=True)
    attempt: Mapped[int]
    situation: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    task: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    action: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    result: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    reflection: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    transfer: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Reflection(Base):
    """That somebody handed in a looking back with a submission. Triggers on both engines refuse UPDATE and DELETE.

    `digest`: SHA-256 of salt and words. Retention: with the record; the words have their own, shorter time.
    """

    __tablename__ = "reflection"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)


class ReflectionWords(Base):
    """What she wrote when she looked back, as it was handed in.

    `removed_at`: she took the words away, and the row says so; a row that is gone was kept long enough.

    Retention: 90 days after the final decision, or until she takes the words away.
    """

    __tablename__ = "reflection_words"

    submission_id: Mapped[int] = mapped_column(ForeignKey("reflection.submission_id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    situation: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    task: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    action: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    result: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    reflection: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    transfer: Mapped[str] = mapped_column(info=pii("free text", "coaching", FILE, "delete"))
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Assessment(Base):
    """The coach's observation form for one attempt: a draft until it is signed.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("record_id", "attempt", "coach_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"))
    attempt: Mapped[int]
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who assessed"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    form: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "coaching", SCORES, "delete"))
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DraftDevice(Base):
    """How far one device is with sending its copy of a draft, so that what is sent again counts once.

    The device makes its name up for this draft alone. `number`: the last of its sends that was taken in; `version`: of
    the form after that. Retention: 90 days after it last sent.
    """

    __tablename__ = "draft_device"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True, info=NOT_PERSONAL)
    number: Mapped[int]
    version: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(index=True)


class Talk(Base):
    """The two talked about what was handed in, and wrote down together what they agree.

    `agreements` are the lines of the coach's form as they stood then; `discussed_by_id` wrote them down, and
    `confirmed_at` is the professional's own yes to these words.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "talk"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    agreements: Mapped[list[Any]] = mapped_column(info=pii("free text", "coaching", SCORES, "delete"))
    discussed_at: Mapped[datetime]
    discussed_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=refers_to_person("who wrote down what was agreed")
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SignOff(Base):
    """The coach's decision on one submission. Triggers on both engines refuse UPDATE and DELETE.

    One that was taken back has a `SignOffWithdrawal`, and `replaces_id` of the next one points at it: so at most one
    sign-off of a submission stands.

    Retention: ids, decision and digest stay; the content goes with the certification's file.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        Index("uq_sign_off_first", "submission_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        UniqueConstraint("replaces_id"),
        CheckConstraint("decision IN ('signed_off', 'returned', 'not_met')", name="decision"),
    )

    id: Mapped[Id] = mapped_column(init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("assignment_record.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    attempt: Mapped[int]
    decision: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    suggested: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who decided"))
    signed_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("sign_off.id"), default=None)


class SignOffContent(Base):
    """What was signed: form version, scores, notes, agreement, hashes of the evidence, reason.

    Retention: end of certification + 24 months.
    """

    __tablename__ = "sign_off_content"

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))


class ReturnExtension(Base):
    """Another day for a piece that a coach asked for; the sign-off itself never changes. The latest one counts.

    Why stands in the ledger. Retention: with the record.
    """

    __tablename__ = "return_extension"

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), index=True)
    by_when: Mapped[date]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("accountability"))


class Correction(Base):
    """Somebody asks to take a sign-off back. Retention: the words go with the content of the sign-off."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("uq_correction_open", "sign_off_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who asked"))
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None, info=refers_to_person("who settled")
    )
    granted: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="", info=pii("free text", "proof", SCORES, "delete"))


class SignOffWithdrawal(Base):
    """A sign-off does not stand any more; frozen, as it is. Retention: as the sign-off."""

    __tablename__ = "sign_off_withdrawal"
    __table_args__ = (UniqueConstraint("sign_off_id"),)

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who asked"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who decided"))
    withdrawn_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))


class SignOffWithdrawalContent(Base):
    """Why a sign-off was taken back. Retention: end of certification + 24 months."""

    __tablename__ = "sign_off_withdrawal_content"

    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("sign_off_withdrawal.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    content: Mapped[dict[str, Any]] = mapped_column(info=pii("free text", "proof", SCORES, "delete"))


class ResultSeen(Base):
    """The professional read a result: once, and never unread; frozen. Retention: with the sign-off."""

    __tablename__ = "result_seen"

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True)
    seen_at: Mapped[datetime]
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"))


class AgreementKept(Base):
    """What was agreed at a sign-off and done since. Gone again when somebody ticked by mistake.

    The words stand in the content of the sign-off; `number` counts them from one.

    Retention: with the sign-off; it holds no words.
    """

    __tablename__ = "agreement_kept"
    __table_args__ = (UniqueConstraint("sign_off_id", "number"),)

    id: Mapped[Id] = mapped_column(init=False)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"))
    number: Mapped[int]
    kept_at: Mapped[datetime]
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=refers_to_person("who said that it was done"))


class CoachNote(Base):
    """What a coach wrote down about somebody's training, which that person reads too; with a day to come back to it.

    A note that is removed is gone, also its earlier words in the ledger; that there was one stays.

    Retention: 1 year after the training ended.
    """

    __tablename__ = "coach_note"

    id: Mapped[Id] = mapped_column(init=False)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=refers_to_person("who wrote it"))
    text: Mapped[str] = mapped_column(info=pii("free text", "coaching", TALK, "delete"))
    written_at: Mapped[datetime]
    come_back_on: Mapped[date | None] = mapped_column(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
