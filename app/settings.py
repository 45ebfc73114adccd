"""Every setting of the program, read once from the environment or a TOML file."""

from __future__ import annotations

import os
import tomllib
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

DEMO_SECRET: Final = "demo-only-secret-that-production-refuses"  # noqa: S105 - a name for what is refused
DEMO_PASSWORD: Final = "mijn-verhaal-demo"  # noqa: S105 - printed at start-up, demo only
DEMO_DOMAIN: Final = "demo.example"
SHORTEST_SECRET: Final = 32
SETTINGS_FILE: Final = "SETTINGS_FILE"
"""The variable that names a TOML file; what the environment says wins from it."""
THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
DATABASES: Final = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")


class UnreadableSettings(Exception):
    """The settings file is missing or is not TOML; the message is a Dutch sentence."""


class Settings(BaseSettings):
    """Frozen settings. Production refuses to start with the demo's secret or without a public address."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=None,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a message about a wrong secret must not show it
    )

    environment: Literal["demo", "production"] = "demo"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("data")
    database_url: str = ""
    public_url: str = ""
    secret: SecretStr = SecretStr(DEMO_SECRET)
    previous_secret: SecretStr | None = None
    demo_public: bool = False
    second_factor: bool = False
    """Ask for a second factor in a demo as well; elsewhere the program always does."""

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
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
    backups_kept: int = Field(default=14, ge=1)
    courses_dir: Path = Path("courses")
    search_late_days: int = Field(default=42, ge=1)
    """From when somebody who looks for a group stands on the work list: of the 180 days to begin a quarter is gone."""
    request_late_days: int = Field(default=14, ge=1)
    """The same for an organisation that looks for a trainer."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's own list
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives, then the environment, then the file. Raises: UnreadableSettings."""
        named = os.environ.get(SETTINGS_FILE)
        if not named:
            return init_settings, env_settings
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _there(Path(named)))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            raise UnreadableSettings(
                f"Het bestand {named} (uit {SETTINGS_FILE}) is niet te lezen als TOML."
            ) from broken

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        """Every objection at once, one on a line, none with a value in it."""
        wrong = [*self._wrong_addresses(), *(self._unsafe_production() if not self.demo else self._unsafe_demo())]
        if wrong:
            raise ValueError("\n".join(wrong))
        return self

    def _wrong_addresses(self) -> list[str]:
        wrong = []
        if self.database_url and not self.database_url.startswith(DATABASES):
            wrong.append("DATABASE_URL moet beginnen met sqlite:/// of postgresql://.")
        for name, value in (("MAIL_FROM", self.mail_from), ("HELP_ADDRESS", self.help_address)):
            if not _one_address(value):
                wrong.append(f"{name} moet één mailadres zijn.")
        return wrong

    def _unsafe_production(self) -> list[str]:
        wrong = []
        secret = self.secret.get_secret_value()
        if secret == DEMO_SECRET:
            wrong.append("SECRET ontbreekt of is die van de demo. Maak er een met: openssl rand -base64 48")
        elif len(secret) < SHORTEST_SECRET:
            wrong.append(f"SECRET is te kort: {SHORTEST_SECRET} tekens is het minste.")
        if self.previous_secret is not None and self.previous_secret.get_secret_value() == DEMO_SECRET:
            wrong.append("PREVIOUS_SECRET is die van de demo.")
        if not _public(self.public_url):
            wrong.append("PUBLIC_URL moet het https-adres zijn waarop mensen het programma vinden.")
        if self.smtp_host:
            for name, value in (("MAIL_FROM", self.mail_from), ("HELP_ADDRESS", self.help_address)):
                if parseaddr(value)[1].endswith(DEMO_DOMAIN):
                    wrong.append(f"{name} is nog die van de demo.")
        return wrong

    def _unsafe_demo(self) -> list[str]:
        if self.host in THIS_MACHINE or self.demo_public:
            return []
        return ["HOST: een demo is alleen op deze machine te zien. Zet DEMO_PUBLIC=1 als je het echt zo bedoelt."]

    @property
    def demo(self) -> bool:
        return self.environment == "demo"

    @property
    def asks_second_factor(self) -> bool:
        """Whether coaches and admins come in with a second factor: in a demo one click is enough."""
        return self.second_factor or not self.demo

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


def _there(path: Path) -> Path:
    """The path of a file that exists; the library takes a missing one for an empty one."""
    with path.open("rb"):
        return path


def _public(url: str) -> bool:
    """Whether links in mails can start with this: https, or plain http on this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme, parts.hostname in THIS_MACHINE) == ("http", True)
    )


def _one_address(value: str) -> bool:
    """Whether a setting names one address, with or without a name."""
    address = parseaddr(value)[1]
    return address.count("@") == 1 and not set(value) & set("\r\n,;")
