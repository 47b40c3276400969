#!/usr/bin/env node
// Not the build itself: npm links this name in a fresh clone, where nothing is built yet.
import '../dist/main.js'
