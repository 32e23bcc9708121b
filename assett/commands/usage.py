"""What click says by itself (help, wrong usage), in French as all that the command says.

click asks the standard library's gettext for its words, which would want a compiled catalogue and the language of the
host's environment: its modules are given these instead. What is not here stays as click writes it.
"""

from __future__ import annotations

from click import core, decorators, exceptions, formatting, parser, termui, types

FRENCH = {
    "(Did you mean one of: {possibilities}?)": "Vouliez-vous dire l’un de ceux-ci : {possibilities} ?",
    "(dynamic)": "(selon le cas)",
    "Aborted!": "Interrompu.",
    "Argument {name!r} takes {nargs} values.": "L’argument « {name} » prend {nargs} valeurs.",
    "Choose from:\n\t{choices}": "Choix possibles :\n\t{choices}",
    "Commands": "Commandes",
    "Could not open file {filename!r}: {message}": "Le fichier « {filename} » ne s’ouvre pas : {message}",
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "Error: {message}": "{message}",
    "Got unexpected extra argument ({args})": "Argument de trop : {args}",
    "Got unexpected extra arguments ({args})": "Arguments de trop : {args}",
    "Invalid value for {param_hint}: {message}": "Valeur refusée pour {param_hint} : {message}",
    "Invalid value: {message}": "Valeur refusée : {message}",
    "Missing argument": "Il manque l’argument",
    "Missing command.": "Il manque une commande.",
    "Missing option": "Il manque l’option",
    "Missing parameter": "Il manque le paramètre",
    "Missing parameter: {param_name}": "Il manque le paramètre {param_name}",
    "Missing {param_type}": "Il manque : {param_type}",
    "No such command {name!r}.": "La commande « {name} » n’existe pas.",
    "No such option {name!r}.": "L’option « {name} » n’existe pas.",
    "Option {name!r} does not take a value.": "L’option « {name} » ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L’option « {name} » attend une valeur.",
    "Option {name!r} requires {nargs} arguments.": "L’option « {name} » attend {nargs} valeurs.",
    "Show this message and exit.": "Afficher cette aide.",
    "Try '{command} {option}' for help.": "« {command} {option} » dit comment s’en servir.",
    "Usage:": "Usage :",
    "default: {default}": "par défaut : {default}",
    "directory": "dossier",
    "file": "fichier",
    "path": "chemin",
    "required": "obligatoire",
    "unknown error": "erreur inconnue",
    "{name} {filename!r} does not exist.": "{name} « {filename} » introuvable.",
    "{name} {filename!r} is a directory.": "« {filename} » est un dossier.",
    "{name} {filename!r} is a file.": "« {filename} » est un fichier.",
    "{name} {filename!r} is not executable.": "{name} « {filename} » : il n’est pas permis de l’exécuter.",
    "{name} {filename!r} is not readable.": "{name} « {filename} » : il n’est pas permis de le lire.",
    "{name} {filename!r} is not writable.": "{name} « {filename} » : il n’est pas permis d’y écrire.",
    "{value!r} is not a valid {number_type}.": "« {value} » n’est pas un nombre valable.",
    "{value!r} is not one of {choices}.": "« {value} » n’est pas possible ; au choix : {choices}.",
    "{value!r} is not {choice}.": "« {value} » n’est pas possible ; il faut {choice}.",
    "{value} is not in the range {range}.": "{value} est hors des bornes : {range}.",
}


def _said(text: str) -> str:
    return FRENCH.get(text, text)


def _said_of(singular: str, plural: str, count: int) -> str:
    return _said(singular if count == 1 else plural)


def speak_french() -> None:
    """To be called before any command is described: click names some things as it makes them."""
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        vars(module).update(_=_said, ngettext=_said_of)
