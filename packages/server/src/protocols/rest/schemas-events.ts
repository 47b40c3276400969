import Type from 'typebox'
import { EVENT_KINDS } from '../../core/model/event.ts'
import {
  Cursor,
  JsonObject,
  Nullable,
  OwnerName,
  pageQuery,
  STRICT,
  Text,
  Time,
} from './schemas.ts'

export const EventKind = Type.Enum([...EVENT_KINDS])

export const StreamEvent = Type.Object({
  revision: Type.Integer({ description: '1, 2, … without gap: the place in the stream' }),
  id: Type.String(),
  kind: EventKind,
  time: Time,
  actor: Type.String(),
  actorId: Type.Integer(),
  owner: Nullable(OwnerName),
  ownerId: Nullable(Type.Integer()),
  collection: Nullable(Type.String({ description: 'By its name of now' })),
  collectionId: Nullable(Type.String()),
  alias: Nullable(Type.String()),
  payload: JsonObject,
  prevHash: Type.String(),
  hash: Type.String({ description: 'SHA-256 over prevHash and this event; see docs/API.md' }),
})

export const EventPage = Type.Object({
  items: Type.Array(StreamEvent, {
    description: 'Oldest first; may be fewer than asked for, even none, though there is more',
  }),
  next: Cursor,
  revision: Type.Integer({ description: 'It looked up to here: watch from here on' }),
})

const Revision = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const eventQuery = {
  after: Type.Optional(Type.Integer({ ...Revision, description: 'Only events behind it' })),
  owner: Type.Optional(
    Type.String({ description: '`projects/{entity}/{project}` or `registries/{entity}/{name}`' }),
  ),
  collection: Type.Optional(Text(1024, 1)),
  alias: Type.Optional(Text(1024, 1)),
  kind: Type.Optional(EventKind),
}

export const EventListQuery = Type.Object({ ...eventQuery, ...pageQuery() }, STRICT)
export const EventWatchQuery = Type.Object(eventQuery, STRICT)

/** Server-sent events: `id` is the revision, `data` a `StreamEvent`. */
export const EventStream = Type.Unsafe<string>({ type: 'string', format: 'event-stream' })
