/** A walk over what names blobs goes on in the middle of a blob that a million versions share. */
export function blobUses(): readonly string[] {
  return [
    'drop index manifest_entry_blob',
    `create index manifest_entry_blob on manifest_entry (digest, version_id)
      where digest is not null`,
    'drop index run_file_digest',
    'create index run_file_digest on run_file (digest, run_id)',
  ]
}
