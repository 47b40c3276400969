import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../../http/context.ts'
import { addDownloadRoutes } from './downloads.ts'
import { addFileStreamRoute } from './file-stream.ts'
import { addGraphqlRoute } from './graphql-route.ts'
import { answerWandbError } from './status.ts'

/** Everything that the official wandb client asks of its server, but the bytes themselves. */
export async function wandb(app: FastifyInstance, context: AppContext): Promise<void> {
  app.setErrorHandler(answerWandbError)
  addGraphqlRoute(app, context)
  addFileStreamRoute(app, context)
  addDownloadRoutes(app, context)
}
