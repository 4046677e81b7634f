"""Says why files are seen by their hunks alone although there is a repository.

Without this a shallow clone, a clone without the base of the series or a git that
refuses to work would make the report shorter, and nobody would know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.intake.patch import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linter.intake.git import Tree
    from linter.intake.patch import FileDiff, Series
    from linter.intake.snapshot import Snapshot

_SOURCES = (".c", ".h")


def unknown(snapshot: Snapshot) -> Iterator[FileDiff]:
    """The changes of a patch to C files whose text could not be found."""
    for diff, state in zip(snapshot.patch.files, snapshot.changed, strict=True):
        if state.text is None and not state.deleted and state.path.endswith(_SOURCES):
            yield diff


def note(tree: Tree, series: Series, unknown: Iterable[FileDiff]) -> Note | None:
    """One note for a series, None if nothing is missing or there is no repository."""
    missing: dict[str, FileDiff] = {}
    for diff in unknown:
        missing.setdefault(diff.path, diff)
    if not missing or not tree.git:
        return None
    if tree.error:
        return Note(tree.directory, 0, tree.error.splitlines()[0])
    first, diff = next(iter(missing.items()))
    blob = f" (blob {diff.old_blob[:12]})" if diff.old_blob else ""
    more = f" and of {len(missing) - 1} more" if len(missing) > 1 else ""
    text = f"the text of {first}{blob}{more} is not in this repository; only the hunks are checked"
    if series.base_commit:
        text += f"; the series is for commit {series.base_commit[:12]}"
    return Note(tree.directory, 0, text)
