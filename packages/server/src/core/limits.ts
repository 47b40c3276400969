// Every bound of the registry: the unit comes last in the name, the reason stands beside it.

const KIB = 1024
const MIB = 1024 * KIB
const DAY_SECONDS = 86_400

/** MLflow allows 256; the wandb client stops at 128. */
export const MAX_COLLECTION_NAME_CHARACTERS = 256
/** The wandb client's own bound for aliases, tags, artifact types, projects. */
export const MAX_ALIAS_CHARACTERS = 128
export const MAX_TAG_CHARACTERS = 128
export const MAX_ARTIFACT_TYPE_CHARACTERS = 128
export const MAX_PROJECT_NAME_CHARACTERS = 128
export const MAX_ENTITY_NAME_CHARACTERS = 64
export const MAX_RUN_NAME_CHARACTERS = 128
export const MAX_DISPLAY_NAME_CHARACTERS = 256
/** File systems stop at 255 bytes a part and 4,096 a path; a pull must be able to write it. */
export const MAX_ENTRY_PATH_BYTES = 1024
export const MAX_REFERENCE_URI_BYTES = 4096
export const MAX_DESCRIPTION_CHARACTERS = 64 * KIB
export const MAX_REASON_CHARACTERS = 4 * KIB
/** A version's metadata as JSON text; bigger things are files. */
export const MAX_METADATA_BYTES = 1 * MIB
export const MAX_METADATA_DEPTH = 32
export const MAX_TAGS_PER_VERSION = 100
/** A hundred years: longer is none, and in microseconds it still fits a double. */
export const MAX_TTL_SECONDS = 100 * 365 * DAY_SECONDS
export const MAX_TAGS_PER_COLLECTION = 100
/** What is shown of a version on a card, and as columns of a table: more would be no choice. */
export const MAX_MEASURES_PER_COLLECTION = 32
/** They are read with every look at their registry or project. */
export const MAX_ARTIFACT_TYPES_PER_OWNER = 100
/** Leaves of metadata that can be searched and sorted; each is a row and an index entry. */
export const MAX_FIELDS_PER_VERSION = 128
/** A field's path, and as much of a text value as is compared. */
export const MAX_FIELD_CHARACTERS = 256
export const MAX_CONDITIONS_PER_SEARCH = 32
/** A filter is judged for every row that a search looks at. */
export const MAX_FILTER_PARTS = 100
export const MAX_FILTER_DEPTH = 10
export const MAX_FILTER_VALUES = 1_000
/** Of a pattern, and of as much of a text as it is held against. */
export const MAX_PATTERN_PARTS = 16
/** Rows that are all read to be put in an order that no index has: some 100 ms. */
export const MAX_SORTED_PER_SEARCH = 5_000
/** Members that one page of a search looks at, and how many a statement. */
export const MAX_EXAMINED_PER_PAGE = 5_000
export const MAX_EXAMINED_PER_STATEMENT = 500
export const MAX_ALIASES_PER_CALL = 100

/** Of names, in grants and in what tokens are limited to. */
export const MAX_PATTERN_CHARACTERS = 256
/** All of an actor's rights are read at once, every few seconds that they act. */
export const MAX_PLACES_PER_MEMBER = 500
export const MAX_GRANTS_PER_PRINCIPAL = 500
/** A token's last use is written this often at most: a read must not be a write. */
export const TOKEN_USE_SECONDS = 3600

/** Slots of an alias of finite capacity: all of them are read with every resolve. */
export const MAX_SLOTS_PER_ALIAS = 32
/** A life cycle is read with every promotion and shown as lanes. */
export const MAX_STAGES_PER_OWNER = 32
/** Each ends in its own places under their locks: bounds how long one delete holds the database. */
export const MAX_VERSIONS_PER_DELETE = 2_000
/** A lineage graph is drawn; what is beyond is a click away. */
export const MAX_LINEAGE_DEPTH = 10
export const MAX_LINEAGE_NODES = 500
export const MAX_SLOT_WEIGHT = 1_000_000
export const MAX_LABEL_CHARACTERS = 64

/** A manifest is read in pages; its commit reads all of it, before its transaction. */
export const MAX_ENTRIES_PER_MANIFEST = 1_000_000
/**
 * Rows written in one transaction while a manifest is staged: keeps the event loop's stops short.
 */
export const MAX_ENTRIES_PER_STAGE = 250
export const MAX_ENTRIES_PER_PAGE = 5_000
/** Entries of both manifests that one page of a comparison reads. */
export const MAX_ENTRIES_EXAMINED_PER_PAGE = 10_000
/** Entries of one manifest that a comparison reads at a time. */
export const MAX_ENTRIES_PER_COMPARED_PART = 1_000
export const MAX_ITEMS_PER_PAGE = 1_000
export const DEFAULT_ITEMS_PER_PAGE = 50

/** A check value is the CRC-32 of this many bytes of a blob. */
export const CHECK_CHUNK_BYTES = 4 * MIB
/** W&B stops at 5 TiB a file. */
export const MAX_BLOB_BYTES = 5 * 1024 * 1024 * MIB
/**
 * 98 GiB in the wandb client's parts: it waits 25 minutes for them to be joined. More comes whole.
 */
export const MAX_PARTS_PER_UPLOAD = 1_000
/** Each is a signed link of some 350 bytes in one answer; files beyond it come whole. */
export const MAX_PARTS_PER_ANSWER = 5_000
/** Blobs of one batch lie in memory until they are stored. Larger ones gain nothing by it. */
export const MAX_BATCH_BODY_BYTES = 1 * MIB
export const MAX_BATCHED_BLOB_BYTES = 256 * KIB
export const MAX_BLOBS_PER_BATCH = 256
/** JSON bodies of REST are held in memory up to here, everything else is streamed. */
export const MAX_JSON_BODY_BYTES = 1 * MIB
/** Above what metadata may have: whatever walks a body needs no more stack than this. */
export const MAX_JSON_DEPTH = 64
/** `wandb verify` sends a GraphQL document of 10 MB. */
export const MAX_GRAPHQL_BODY_BYTES = 16 * MIB
export const MAX_FILE_STREAM_BODY_BYTES = 16 * MIB
/** Of each kind, above what a JSON body may have: each is in memory as text and as objects. */
export const MAX_LARGE_BODIES_AT_ONCE = 8
/** A wandb manifest is parsed whole: 100,000 entries take about 25 MB. */
export const MAX_WANDB_MANIFEST_BYTES = 256 * MIB

/** Works that share one COMMIT of the embedded database, and how long a group may grow. */
export const MAX_WORKS_PER_GROUP = 64
export const MAX_GROUP_MILLISECONDS = 5
/** PostgreSQL works are run again after a serialization failure or a deadlock. */
export const MAX_TRANSACTION_ATTEMPTS = 8

/** Events that all watchers share in memory; who is further behind reads from the database. */
export const MAX_RECENT_EVENTS = 1_000
/** Looked at for one page of a filtered list, whatever they are: bounds what a filter costs. */
export const MAX_EVENTS_SCANNED_PER_PAGE = 5_000
/** A batch that a watcher gets at once, and so what one that is slow holds in memory. */
export const MAX_EVENTS_PER_BATCH = 100
/** Each holds a connection. */
export const MAX_WATCHERS = 5_000

/** Only an operator's own tool can lock the embedded database; the event loop waits this long. */
export const SQLITE_BUSY_TIMEOUT_MILLISECONDS = 1_000
/** Pages that each of the two connections keeps; what is beyond comes from the system's cache. */
export const SQLITE_CACHE_KIB = 16 * 1024
/** While anything is written, the log is carried into the database this often. */
export const SQLITE_CHECKPOINT_INTERVAL_MILLISECONDS = 1_000
/** Above this size the log is emptied, for which changes (not reads) wait some 100 ms. */
export const SQLITE_MAX_LOG_BYTES = 64 * MIB

/** A PostgreSQL of default settings takes 100 connections, of several replicas together. */
export const POSTGRES_MAX_CONNECTIONS = 20
/**
 * How long a work waits for a connection, new or of the pool, before the database counts as away.
 */
export const POSTGRES_CONNECT_TIMEOUT_MILLISECONDS = 5_000
/** How long a change waits for the one before it on the same collection. */
export const POSTGRES_LOCK_TIMEOUT_MILLISECONDS = 10_000
/** No statement of ours takes a second; one that takes this long hangs. */
export const POSTGRES_STATEMENT_TIMEOUT_MILLISECONDS = 30_000
/** A work awaits nothing but its statements: its process is gone or stuck. Frees its locks. */
export const POSTGRES_IDLE_TRANSACTION_TIMEOUT_MILLISECONDS = 15_000

/** Facts of a process that died before it placed them, and lost notifications, wait no longer. */
export const POSTGRES_STREAM_POLL_MILLISECONDS = 1_000

/** Since anybody last used it: who fails on a Friday goes on after the weekend. */
export const DRAFT_LIFETIME_SECONDS = 7 * DAY_SECONDS
/** Enough for a slow upload. No longer: a link outlives the key that asked for it. */
export const SIGNED_LINK_LIFETIME_SECONDS = 1 * DAY_SECONDS
/** An upload that pauses for longer begins anew: the link that it came through has expired. */
export const STAGE_LIFETIME_SECONDS = SIGNED_LINK_LIFETIME_SECONDS

/** How long a blob stays after nothing needs it any more, unless the operator says otherwise. */
export const BLOB_GRACE_SECONDS = 3600
/** Blobs looked at, or rows removed, in one step of garbage collection: milliseconds each. */
export const MAX_GARBAGE_STEP_ROWS = 200
/** Owners with the most bytes, whose storage is kept by name: a note of some 100 KB. */
export const MAX_COUNTED_OWNERS = 1000
/** Condemned blobs counted for one answer: milliseconds. */
export const MAX_CONDEMNED_COUNT = 10_000
/** How long an upload may at most take from publishing its bytes to writing their row. */
export const REMOVED_BLOB_MEMORY_SECONDS = 1 * DAY_SECONDS
/** A garbage collection that says nothing for this long has died: another may go on. */
export const GARBAGE_LEASE_SECONDS = 30

/** A request done under an `Idempotency-Key` is remembered this long. */
export const DONE_REQUEST_LIFETIME_SECONDS = 7 * DAY_SECONDS
export const MAX_IDEMPOTENCY_KEY_CHARACTERS = 200

/** NIST SP 800-63B asks for 8 and a long upper bound; there is no second factor here. */
export const MIN_PASSWORD_CHARACTERS = 12
export const MAX_PASSWORD_CHARACTERS = 256
/** Each takes a thread of four and 19 MiB for some 30 ms; the store's files need the others. */
export const MAX_PASSWORD_CHECKS_AT_ONCE = 2
export const MAX_PASSWORD_CHECKS_WAITING = 32

/** A person who types wrong stops before; who guesses gets no further. */
export const MAX_FAILED_SIGN_INS = 10
/** Addresses and tokens of which a limit keeps count: some 100 bytes each. */
export const MAX_REMEMBERED_CALLERS = 10_000

/** A body that is held in memory has so long, and longer while it comes this fast. */
export const BODY_GRACE_SECONDS = 20
export const MIN_BODY_BYTES_PER_SECOND = 8 * KIB
/** Requests a minute of one token, unless the operator says otherwise: no one takes all. */
export const DEFAULT_REQUESTS_PER_MINUTE = 60_000

/** A browser signs in anew after so long, however often it comes, and after so long away. */
export const SESSION_LIFETIME_SECONDS = 30 * DAY_SECONDS
export const SESSION_IDLE_SECONDS = 7 * DAY_SECONDS
/** A session's last use is written this often at most: a read must not be a write. */
export const SESSION_TOUCH_SECONDS = 3600
export const SIGN_IN_LINK_LIFETIME_SECONDS = 15 * 60

/**
 * A client's own key or digest of a draft, or name of a run's writer; PostgreSQL indexes 2,700
 * bytes.
 */
export const MAX_CLIENT_KEY_CHARACTERS = 512

/** How many names, slots or stack entries an error names at most. */
export const MAX_NAMED_IN_ERROR = 20
/** How far the undo stack is walked for a rollback's target. */
export const MAX_ROLLBACK_SKIPS = 1_000

/**
 * A run's line (one history step, one console line). The file stream sends about 10 MiB at once.
 */
export const MAX_RUN_LINE_BYTES = 8 * MIB
/** Points of a run's curves in one answer, and how long a line of metrics gets at most. */
export const MAX_RUN_SAMPLES = 10_000
export const DEFAULT_RUN_SAMPLES = 1_000
export const MAX_SAMPLED_LINE_BYTES = 64 * KIB
/** Lines whose lowest and highest value of a metric are known: `decisions/0012-run-history.md`. */
export const LINES_PER_SPAN = 32
/** Metrics of a run that can be drawn; each is a row, and a row a span. */
export const MAX_KEYS_PER_RUN = 10_000
/** A metric's last value, as much as is kept beside its name. */
export const MAX_LAST_VALUE_CHARACTERS = 1_000
/** Runs of one project that are sorted by a metric, or counted under a filter. */
export const MAX_SORTED_RUNS = 10_000
/** A page of history steps; the wandb client asks for up to a thousand. */
export const MAX_STEPS_PER_PAGE = 10_000
/** A rewound or forked run's metrics are learnt in one transaction: some 100,000 lines a second. */
export const MAX_REWOUND_LINES = 100_000
/** Metrics in one sampled answer. */
export const MAX_KEYS_PER_SAMPLE = 32
/** Lines written in one transaction: a burst of the file stream lets others go between. */
export const MAX_RUN_LINES_PER_STAGE = 250
/** Long lines hold many metrics: some 20,000 of them, which take 30 ms. One line always goes. */
export const MAX_RUN_STAGE_CHARACTERS = 512 * KIB
/** The wandb client gives a sign of life every 30 seconds. */
export const RUN_SILENCE_SECONDS = 300
export const MAX_RUN_CONFIG_BYTES = 16 * MIB
export const MAX_RUN_FILE_NAME_BYTES = 1024
