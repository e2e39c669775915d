"""The words Jira writes into a CSV export, by language: headers, status categories."""

from __future__ import annotations

import re
import unicodedata

HEADERS: dict[str, dict[str, str]] = {
    "English": {
        "issue key": "item_id",
        "work item key": "item_id",
        "key": "item_id",
        "issue id": "internal_id",
        "work item id": "internal_id",
        "summary": "title",
        "issue type": "kind",
        "work item type": "kind",
        "work type": "kind",
        "status": "status",
        "status category": "status_category",
        "status category changed": "category_changed_at",
        "priority": "priority",
        "created": "created_at",
        "updated": "updated_at",
        "resolved": "finished_at",
        "fix version/s": "release",
        "fix versions": "release",
        "parent key": "parent_id",
        "parent": "parent_internal_id",
        "parent id": "parent_internal_id",
        "epic link": "epic_id",
        "assignee id": "assignee_id",
        "assignee": "assignee_name",
        "original estimate": "estimate_seconds",
        "story points": "points",
        "project key": "project",
        "sprint": "sprint",
        "log work": "log_work",
    },
    "Spanish": {
        "clave de incidencia": "item_id",
        "clave": "item_id",
        "id de la incidencia": "internal_id",
        "resumen": "title",
        "tipo de incidencia": "kind",
        "estado": "status",
        "categoría de estado": "status_category",
        "categoría de estado cambiada": "category_changed_at",
        "prioridad": "priority",
        "creada": "created_at",
        "actualizada": "updated_at",
        "resuelta": "finished_at",
        "versiones corregidas": "release",
        "versión/es correctoras": "release",
        "clave del proyecto": "project",
        "clave principal": "parent_id",
        "principal": "parent_internal_id",
        "id de la persona asignada": "assignee_id",
        "persona asignada": "assignee_name",
        "responsable": "assignee_name",
        "estimación original": "estimate_seconds",
        "puntos de historia": "points",
        "registrar horas de trabajo": "log_work",
    },
    "French": {
        "clé de ticket": "item_id",
        "id de ticket": "internal_id",
        "résumé": "title",
        "type de ticket": "kind",
        "état": "status",
        "catégorie d'état": "status_category",
        "catégorie d'état modifiée": "category_changed_at",
        "priorité": "priority",
        "création": "created_at",
        "mise à jour": "updated_at",
        "résolu": "finished_at",
        "versions corrigées": "release",
        "clé de projet": "project",
        "clé parent": "parent_id",
        "id de la personne assignée": "assignee_id",
        "personne assignée": "assignee_name",
        "estimation originale": "estimate_seconds",
    },
    "German": {
        "vorgangsschlüssel": "item_id",
        "schlüssel": "item_id",
        "vorgangs-id": "internal_id",
        "zusammenfassung": "title",
        "vorgangstyp": "kind",
        "statuskategorie": "status_category",
        "priorität": "priority",
        "erstellt": "created_at",
        "aktualisiert": "updated_at",
        "erledigt": "finished_at",
        "lösungsversion(en)": "release",
        "lösungsversionen": "release",
        "projektschlüssel": "project",
        "übergeordnet": "parent_internal_id",
        "id der zugewiesenen person": "assignee_id",
        "zugewiesene person": "assignee_name",
        "ursprüngliche schätzung": "estimate_seconds",
        "arbeit protokollieren": "log_work",
    },
    "Portuguese": {
        "chave da item": "item_id",
        "chave do item": "item_id",
        "id da item": "internal_id",
        "id do item": "internal_id",
        "resumo": "title",
        "tipo de item": "kind",
        "categoria do status": "status_category",
        "prioridade": "priority",
        "criado": "created_at",
        "atualizado": "updated_at",
        "resolvido": "finished_at",
        "chave do projeto": "project",
        "chave pai": "parent_id",
        "id do responsável": "assignee_id",
        "responsável": "assignee_name",
        "estimativa original": "estimate_seconds",
    },
}
"""What each header of the exporter means to us; names that are ours are columns of `Items`."""

CUSTOM_FIELD = (
    "custom field",
    "campo personalizado",
    "champs personnalisés",
    "benutzerdefinierte felder",
    "benutzerdefiniertes feld",
)
"""What stands before the bracket that holds the name of a custom field."""

CUSTOM_FIELDS: dict[str, str] = {
    "story points": "points",
    "story point estimate": "points",
    "puntos de historia": "points",
    "estimación de puntos de historia": "points",
    "story point-schätzung": "points",
    "epic link": "epic_id",
    "enlace de épica": "epic_id",
    "sprint": "sprint",
    "flagged": "flagged",
}
"""Custom fields that mean the same in every Jira, by the name in the bracket."""

LINK = ("link", "enlace", "lien", "verknüpfung", "vínculo")
"""What a column of links is called; Jira words the rest anew from version to version."""

DIRECTIONS: dict[str, tuple[str, ...]] = {
    "inward": ("inward", "intern", "entrant", "eingehend", "entrada"),
    "outward": ("outward", "extern", "salient", "sortant", "ausgehend", "saída"),
}
"""Beginnings of the word for the end of a link: the other item comes first, or this one."""

CATEGORIES: dict[str, str] = {
    "to do": "backlog",
    "new": "backlog",
    "por hacer": "backlog",
    "tareas por hacer": "backlog",
    "a faire": "backlog",
    "à faire": "backlog",
    "zu erledigen": "backlog",
    "a fazer": "backlog",
    "itens pendentes": "backlog",
    "in progress": "active",
    "en curso": "active",
    "en progreso": "active",
    "en cours": "active",
    "in arbeit": "active",
    "em andamento": "active",
    "done": "done",
    "listo": "done",
    "hecho": "done",
    "finalizada": "done",
    "terminé": "done",
    "terminé(e)": "done",
    "fertig": "done",
    "erledigt": "done",
    "concluído": "done",
    "itens concluídos": "done",
}
"""Stage of Jira's three status categories, and of the default statuses named after them."""

_BRACKET = re.compile(r"(?P<before>[^()]+?)\s*\((?P<name>.+)\)")
_COPY_NUMBER = re.compile(r"\.\d+$")


def plain(text: str) -> str:
    """Return `text` as the tables here spell it: one case, one apostrophe, single blanks.

    Examples
    --------
    >>> plain(" Catégorie  D'ÉTAT")
    "catégorie d'état"
    """
    joined = " ".join(unicodedata.normalize("NFC", text).split())
    return joined.replace("\u2019", "'").casefold()


def meaning_of(header: str) -> str:
    """Meaning of a header in any language; empty if it has none for us.

    A link is ``inward:KIND`` or ``outward:KIND``. A number that a program put behind a repeated
    header, as in ``Sprint.3``, does not count.

    Examples
    --------
    >>> meaning_of("Clave de incidencia"), meaning_of("Custom field (Story Points)")
    ('item_id', 'points')
    >>> meaning_of("Enlace de incidencia saliente (Blocks)"), meaning_of("Σ Original Estimate")
    ('outward:blocks', '')
    >>> meaning_of("Eingehende Vorgangsverknüpfung (Blocks)")
    'inward:blocks'
    """
    spelled = _COPY_NUMBER.sub("", plain(header))
    for words in HEADERS.values():
        if spelled in words:
            return words[spelled]
    bracket = _BRACKET.fullmatch(spelled)
    if not bracket:
        return ""
    before, name = bracket["before"], bracket["name"].strip()
    if before in CUSTOM_FIELD:
        return CUSTOM_FIELDS.get(name, "")
    direction = _direction(before)
    return f"{direction}:{name}" if direction else ""


def _direction(header: str) -> str:
    """Which end of a link a column holds; empty if it holds no links, or does not say."""
    if not any(word in header for word in LINK):
        return ""
    told = {
        direction
        for direction, beginnings in DIRECTIONS.items()
        for word in header.split()
        if word.startswith(beginnings)
    }
    return told.pop() if len(told) == 1 else ""


def stage_of(category: str) -> str:
    """Stage of a status category in any language; empty if unknown."""
    return CATEGORIES.get(plain(category), "")
