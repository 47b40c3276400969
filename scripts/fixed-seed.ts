// Loaded before the tests where a build server waits for them: what it refuses must be the change's
// own fault, and be refused again. Elsewhere properties are tried with other values each time.

import fc from 'fast-check'

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 })
