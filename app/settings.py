"""Every setting of the program, read once from the environment or a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_SECRET: Final = "demo-only-secret-that-production-refuses"  # noqa: S105 - a name for what is refused
DEMO_PASSWORD: Final = "mijn-verhaal-demo"  # noqa: S105 - printed at start-up, demo only
SHORTEST_SECRET: Final = 32


class Settings(BaseSettings):
    """Frozen settings. Production refuses to start with the demo's secret or without a public address."""

    model_config = SettingsConfigDict(frozen=True, env_file=None, extra="ignore", env_ignore_empty=True)

    environment: Literal["demo", "production"] = "demo"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("data")
    database_url: str = ""
    public_url: str = ""
    secret: SecretStr = SecretStr(DEMO_SECRET)
    previous_secret: SecretStr | None = None
    demo_public: bool = False

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    mail_from: str = "Stadstrainers Academie <academie@demo.example>"
    help_address: str = "academie@demo.example"

    s3_bucket: str = ""
    s3_endpoint: str = ""
    s3_region: str = "eu-central-1"
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")

    provider_name: str = "Stadstrainers"
    brand_name: str = "Stadstrainers"
    brand_sub: str = "Academie"
    backups_kept: int = 14
    courses_dir: Path = Path("courses")

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        if self.environment == "production":
            if self.secret.get_secret_value() == DEMO_SECRET or len(self.secret.get_secret_value()) < SHORTEST_SECRET:
                raise ValueError("SECRET is missing, too short (32 signs at least) or the demo's own")
            if not self.public_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                raise ValueError("PUBLIC_URL must say at which https address people reach the program")
        elif self.host not in {"127.0.0.1", "localhost", "::1"} and not self.demo_public:
            raise ValueError("demo mode listens on this machine only; set DEMO_PUBLIC=1 if you mean it")
        return self

    @property
    def demo(self) -> bool:
        return self.environment == "demo"

    @property
    def address(self) -> str:
        """The address in mails and QR codes, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'academie.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys for mailed links, newest first."""
        keys = [self.secret.get_secret_value()]
        if self.previous_secret is not None:
            keys.append(self.previous_secret.get_secret_value())
        return tuple(keys)
