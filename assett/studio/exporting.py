"""A questionnaire taken away as a file: from a draft as it stands, or from any version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.core.permissions import load
from assett.core.spreadsheets import XLSX, download
from assett.core.web import actor
from assett.engine.reading import check_document, read_document
from assett.formats.conversion import Format, write
from assett.formats.example import EXAMPLE
from assett.formats.reports import Unreadable
from assett.formats.writing import json_text, yaml_text
from assett.kernel.clock import today_in_paris
from assett.kernel.ids import slugify
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.policy import TEAM
from assett.studio import policy, queries
from assett.studio.pages import blueprint, open_draft

_TYPES: Final = {"yaml": "application/yaml", "json": "application/json", "xlsx": XLSX, "xlsform": XLSX}
_ENDS: Final = {"yaml": ".yaml", "json": ".json", "xlsx": ".xlsx", "xlsform": "-xlsform.xlsx"}
# The order in which a person reads them; the database keeps none.
_KEYS: Final = (
    "format", "id", "version", "type", "title", "languages", "scale", "from", "label", "help", "intro", "url",
    "source", "scored", "required", "not_applicable", "unknown", "weight", "max_na", "was", "visible_if", "if",
    "levels", "profile", "caps", "unit", "min", "max", "points", "max_points", "choices", "questions", "categories",
    "resources",
)  # fmt: skip
_RANK: Final = {key: place for place, key in enumerate(_KEYS)}


@blueprint.get("/<int:id>/export.<any(yaml,json,xlsx,xlsform):kind>", access=TEAM)
def export_draft(id: int, kind: str) -> ResponseReturnValue:
    """A draft as a file. One that is not right yet goes as the text that it is; a workbook could not hold all of it."""
    found = open_draft(id)
    called = slugify(str(found.tree.get("id") or "")) or "questionnaire"
    name = f"{called}-brouillon-{today_in_paris().isoformat()}"
    if not check_document(found.tree):
        return _file(found.tree, kind, name, url_for(".files", id=id))
    if kind in ("yaml", "json"):
        write_text = yaml_text if kind == "yaml" else json_text
        return download(write_text(in_order(found.tree)).encode(), name + _ENDS[kind], _TYPES[kind])
    flash(gettext("Ce brouillon a des points à corriger : d’ici là, il s’exporte en YAML ou en JSON."), "warning")
    return redirect(url_for(".files", id=id), 303)


@blueprint.get("/modele.xlsx", access=TEAM)
def model_workbook() -> ResponseReturnValue:
    """A small questionnaire as a workbook, to be filled in by who has none."""
    return download(write(read_document(EXAMPLE), "xlsx"), "modele-questionnaire.xlsx", XLSX)


@blueprint.get("/versions/<int:version>/export.<any(yaml,json,xlsx,xlsform):kind>", access=TEAM)
def export_version(version: int, kind: str) -> ResponseReturnValue:
    """A published version as a file: of this space, or of the national base."""
    found = load(actor(), QuestionnaireVersion, version, policy.reads_version, options=queries.WHOLE)
    name = f"{found.document.get('id')}-version-{found.number}"
    return _file(found.document, kind, name, url_for(".home"))


def _file(tree: Mapping[str, Any], kind: str, name: str, back: str) -> ResponseReturnValue:
    if kind not in _TYPES:
        abort(404)
    try:
        content = write(read_document(tree, published=True), cast(Format, kind))
    except Unreadable as unwritable:
        flash(str(unwritable.remark), "error")
        return redirect(back, 303)
    return download(content, name + _ENDS[kind], _TYPES[kind])


def in_order(value: Any) -> Any:
    """A tree with its keys in the order of the format."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: _RANK.get(key, len(_RANK)))
        return {key: in_order(value[key]) for key in keys}
    return [in_order(each) for each in value] if isinstance(value, list) else value
