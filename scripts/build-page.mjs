// npm run build, its second half: the page, when its sources are newer than what was built of them.

import { buildPage } from './toolchain.mjs'

process.exit(await buildPage())
