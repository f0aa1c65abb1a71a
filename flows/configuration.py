"""Settings from where people write them: the command line, the environment (`FIGURES_…`), a `figures.toml`."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from flows.errors import SettingsError
from flows.settings import RunSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FILE = "figures.toml"
PREFIX = "FIGURES_"
# FIGURES_CONFIG names the file, the others are what figures itself gives to commands and processes it starts.
OWN = ("CONFIG", "HOME", "SERVED_BY", "RUN", "RUN_URL", "STATUS", "MESSAGE")
# Options that say a setting in other words.
OPTIONS = {
    "no_text": "keep_text = false",
    "wait": "lock_seconds",
    "no_wait": "lock_seconds = 0",
    "min_free": "min_free_bytes",
    "source_name": "source_names",
}
PATHS = ("output",)


class _Layer(RunSettings, BaseSettings):  # type: ignore[misc]
    """RunSettings as pydantic-settings asks for them; only its fields are used."""


@dataclass(slots=True)
class Layers:
    """Values of settings by the place they are taken from, the strongest last."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[tuple[str, ...], str] = field(default_factory=dict)

    def add(self, values: Mapping[str, Any], origin: str) -> None:
        """Lays these over what is there; nested settings one by one."""
        for name, value in values.items():
            if isinstance(value, dict) and isinstance(self.values.get(name, {}), dict):
                self.values[name] = {**self.values.get(name, {}), **value}
                self.origins |= {(name, inner): origin for inner in value}
            else:
                self.values[name] = value
            self.origins[name,] = origin

    def checked(self) -> RunSettings:
        """The settings; SettingsError names each that is wrong, and where it stands."""
        try:
            return RunSettings(**self.values)
        except ValidationError as error:
            told = [self._told(tuple(map(str, each["loc"])), each["msg"]) for each in error.errors()]
            raise SettingsError("; ".join(told)) from error

    def _told(self, place: tuple[str, ...], message: str) -> str:
        origin = self.origins.get(place[:2]) or self.origins.get(place[:1]) or ""
        message = message.removeprefix("Value error, ")
        key = ".".join(place)
        if message == "Extra inputs are not permitted":
            message = f"there is no such setting{_nearest(key)}"
        if origin == PREFIX:
            return f"{PREFIX}{'__'.join(place[:2]).upper()}: {message}"
        return ": ".join(part for part in (origin, key, message) if part)


def read_settings(
    given: Mapping[str, Any], config: Path | None = None
) -> tuple[dict[str, Any], RunSettings, list[str]]:
    """Settings as they were given, as they are checked, and warnings; SettingsError where one is wrong.

    `given` is what the command line says. What it leaves out is taken from the environment, then from `config` or
    the `figures.toml` of this folder, then from the defaults.
    """
    layers = Layers()
    if path := config_file(config):
        layers.add(_from_file(path), str(path))
    environment = EnvSettingsSource(_Layer, env_prefix=PREFIX, env_nested_delimiter="__")
    try:
        layers.add(environment(), PREFIX)
    except ValueError as error:
        raise SettingsError(f"{error}. Lists are written as JSON: FIGURES_SOURCES='[\"posts\"]'.") from error
    layers.add(given, "")
    return layers.values, layers.checked(), list(_unknown_variables(os.environ))


def config_file(config: Path | None = None) -> Path | None:
    """The file with settings: the one named, here or by FIGURES_CONFIG, else figures.toml where there is one."""
    named = config or os.environ.get(f"{PREFIX}CONFIG")
    if named is None:
        return Path(FILE) if Path(FILE).is_file() else None
    if not Path(named).is_file():
        raise SettingsError(f"{named} does not exist: there are no settings to read.")
    return Path(named)


def default_output() -> Path:
    """The folder of the tables where the command line names none."""
    if named := os.environ.get(f"{PREFIX}OUTPUT"):
        return Path(named)
    path = config_file()
    return Path(_from_file(path).get("output", "output")) if path else Path("output")


def _from_file(path: Path) -> dict[str, Any]:
    """What a file says; paths in it are relative to the file."""
    try:
        values = TomlConfigSettingsSource(_Layer, toml_file=path)()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    folder = path.parent
    for name in PATHS:
        if isinstance(values.get(name), str):
            values[name] = str(folder / values[name])
    sources = values.get("sources")
    if isinstance(sources, list):
        values["sources"] = [_relative_to(folder, each) if isinstance(each, str) else each for each in sources]
    elif isinstance(sources, str):
        values["sources"] = [_relative_to(folder, sources)]
    return values


def _relative_to(folder: Path, source: str) -> str:
    """A source of a file in this folder: a path is beside it, an address is as it is."""
    from flows.sources.opening import WEB

    kind, colon, rest = source.partition(":")
    if "://" in source:
        return source
    if colon and kind in WEB:
        return f"{kind}:{folder / rest}"
    return str(folder / Path(source).expanduser())


def _unknown_variables(names: Iterable[str]) -> Iterator[str]:
    """A warning for each variable that looks like one of ours and is none."""
    known = [*RunSettings.model_fields, *OWN]
    for name in sorted(names):
        key = name.removeprefix(PREFIX).partition("__")[0]
        if name.startswith(PREFIX) and key.lower() not in known and key not in known:
            near = difflib.get_close_matches(key.lower(), [k.lower() for k in known], 1)
            if near:
                yield f"{name} is no setting and was not used: {PREFIX}{near[0].upper()}?"


def _nearest(key: str) -> str:
    """What may have been meant by a name that is no setting."""
    last = key.rpartition(".")[2].replace("-", "_")
    if last in OPTIONS:
        return f": write {OPTIONS[last]}"
    fetch = RunSettings.model_fields["fetch"].default
    near = difflib.get_close_matches(last, [*RunSettings.model_fields, *type(fetch).model_fields], 1)
    return f": {near[0]}?" if near else ""
