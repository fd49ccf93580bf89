// A server that gives one answer, recorded from the stand-in, to every request, and looks at none: it costs so
// little that whoever asks it is the one that is measured. Requests have no body.
import { createServer } from 'node:net';
import { openLoopback } from '../../../support/loopback.ts';
import { serve } from '../child.ts';
import { GROUP } from '../sample.ts';

const END = Buffer.from('\r\n\r\n');
const body = JSON.stringify({ ...GROUP, createTime: 1_770_000_000, lastModifyTime: 1_770_000_000 });
const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Server: nginx',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: keep-alive',
    'Access-Control-Allow-Origin: *',
    'Date: Tue, 03 Feb 2026 04:05:06 GMT',
    'x-log-time: 1770000000',
    'x-log-requestid: 56E7B4D0A1B2C3D4E5F60718',
    '',
    body,
  ].join('\r\n'),
);

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    for (let end = rest.indexOf(END); end >= 0; end = rest.indexOf(END)) {
      rest = rest.subarray(end + END.length);
      socket.write(answer);
    }
  });
});
const { port } = await openLoopback(server);
serve(async () => ({
  port,
  endpoint: 'cn-hangzhou.log.aliyuncs.com',
}));
