"""Prove a backup: every chunk is there, opens, and holds what the manifest says."""

from dataclasses import dataclass

from hotdash.base.progress import Progress
from hotdash.governance.backup.archive import Archive
from hotdash.governance.backup.manifest import Manifest


@dataclass(frozen=True)
class Proven:
    manifest: Manifest
    bytes: int


def verify(archive: Archive, backup_id: str, progress: Progress) -> Proven:
    manifest = archive.read(backup_id)
    contents = manifest.contents()
    size = 0
    with progress.task("proving the backup", len(contents)) as task:
        for content in contents:
            for piece in archive.chunks.read(content):
                size += len(piece)
            task.advance()
    return Proven(manifest, size)
