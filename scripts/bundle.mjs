// npm run build, its second half: the server and the page, each when its sources are newer.

import { buildPage, bundleServer } from './toolchain.mjs'

process.exit((await bundleServer()) || (await buildPage()))
