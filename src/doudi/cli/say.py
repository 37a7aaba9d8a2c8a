"""Saying why a command does nothing."""

from __future__ import annotations

import sys
from typing import NoReturn

import click


def refuse(zh: str, en: str, code: int = 2) -> NoReturn:
    """Say why not, in Chinese and in English, and end with status ``code``."""
    click.echo(zh, err=True)
    click.echo(en, err=True)
    sys.exit(code)
