#!/usr/bin/env node
import { compileLater } from './compile-later.ts';
import { exitQuietlyOnClosedPipe } from './output/errors.ts';
import { program } from './program.ts';

compileLater();
exitQuietlyOnClosedPipe();
process.exitCode = await program(process.argv.slice(2));
