"""A questionnaire being written: pieces that are edited one at a time, steps that can be undone.

A draft is a tree of the format that need not be right yet (the reader says what is missing), except that every
category, question and entry has an id of its own. A text without words or a number that is none stays as it was
typed: nothing is lost while someone is still writing.
"""
