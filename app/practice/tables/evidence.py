"""What shows the work, how it comes in, and what people who can be recognised agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import NOT_PERSONAL, Base, Id, pii, refers_to_person

FILE = "90 days after the final decision"
DAY = "24 hours"


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

    `received` is how far it is; it moves by one conditional UPDATE. `refused`: why it could not become evidence,
    with the numbers that the sentence says.
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
    refused_facts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, info=NOT_PERSONAL)
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
