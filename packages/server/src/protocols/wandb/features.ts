/**
 * What the client may switch on. Everything not named is off; names that it does not know are
 * ignored. Those of automations come with what they ask for.
 */
const FEATURES_ON = [
  'ARTIFACT_COLLECTIONS_FILTERING_SORTING',
  'ARTIFACT_COLLECTION_MEMBERSHIP_FILES',
  'ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER',
  'ARTIFACT_DIGEST_ALGORITHM',
  'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE',
  'ARTIFACT_REGISTRY_SEARCH',
  'ARTIFACT_TAGS',
  'ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID',
  'CLIENT_IDS',
  'INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION',
  'LARGE_FILENAMES',
  'MARK_RUN_FILES_UPLOADED',
  'PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP',
  'TOTAL_COUNT_IN_FILE_CONNECTION',
  'USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION',
] as const

export const SERVER_INFO = {
  features: FEATURES_ON.map((name) => ({ name, isEnabled: true })),
  // `wandb verify` wants it; no client is refused.
  cliVersionInfo: { min_cli_version: '0.0.1', max_cli_version: '999.0.0' },
} as const
