"""Every mapped class in one metadata: what the database should look like."""

from __future__ import annotations

import app.certification.tables
import app.conversation.tables
import app.courses.drafts.tables
import app.courses.tables
import app.courses.training_days.tables
import app.delivery.tables
import app.intervision.room.tables
import app.intervision.tables
import app.jobs.tables
import app.ledger.tables
import app.meetings.tables
import app.outbox.tables
import app.people.tables
import app.practice.tables.coaching
import app.practice.tables.evidence
import app.practice.tables.proof
import app.practice.tables.work
import app.theory.tables  # noqa: F401 - imported for their tables
from app.kit.tables import Base

metadata = Base.metadata
