import { join } from 'node:path';
import Database from 'better-sqlite3';
import express from 'express';

/** The baseline of start time and memory: Node, Express and better-sqlite3, and nothing else. */
const db = new Database(join(process.argv[2] ?? '.', 'bare.db'));
db.pragma('journal_mode = WAL');
const app = express();
app.get('/', (_request, response) => {
  response.json(db.prepare('SELECT 1 AS one').get());
});
app.listen(0, '127.0.0.1', () => process.stdout.write('{"event":"ready"}\n'));
