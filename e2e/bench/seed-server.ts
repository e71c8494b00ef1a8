import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

/** The baseline of the transfer bench: what a tutorial would write. It records nothing and keeps its routes in an object. */
const routes: Record<string, string> = Object.fromEntries(
  Array.from({ length: 1000 }, (_, index) => [`+1416555${String(index).padStart(4, '0')}`, '+14165550001']),
);

const app = express();
app.use(express.json());
app.post('/transfer', (request, response) => {
  const { number } = request.body as { number: string };
  response.json({ transferNumber: routes[number] ?? '+14165551234' });
});
const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/transfer` })}\n`,
  );
});
