using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace NixSharp.Csi.Tests.Http2;

/// <summary>Speaks HTTP/2 byte by byte, as clients that .NET has none of do.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte GoAway = 7;
    public const byte Continuation = 9;

    private readonly NetworkStream _stream;

    private RawHttp2(NetworkStream stream) => _stream = stream;

    public static async Task<RawHttp2> ConnectAsync(string socket)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        var client = new RawHttp2(new NetworkStream(connection, ownsSocket: true) { ReadTimeout = 60_000 });
        await client._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await client.SendAsync(Settings, 0, 0, []);
        return client;
    }

    /// <summary>A block of headers for a call, each written out, without Huffman code.</summary>
    public static byte[] Block(string path, string authority, params (string Name, string Value)[] more)
    {
        var block = new List<byte> { 0x83, 0x86 };
        Add(":path", path);
        Add(":authority", authority);
        Add("content-type", "application/grpc");
        Add("te", "trailers");
        foreach (var (name, value) in more)
        {
            Add(name, value);
        }

        return [.. block];

        void Add(string name, string value)
        {
            block.Add(0x40);
            block.Add((byte)name.Length);
            block.AddRange(Encoding.ASCII.GetBytes(name));
            block.Add((byte)value.Length);
            block.AddRange(Encoding.ASCII.GetBytes(value));
        }
    }

    public async Task SendAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame);
    }

    /// <summary>Reads frames until one of a stream, or of the whole connection, ends it.</summary>
    /// <returns>The type of the frame that did.</returns>
    public async Task<(byte Type, byte[] Payload)> ReadEndAsync(int stream)
    {
        while (true)
        {
            var header = new byte[9];
            await _stream.ReadExactlyAsync(header);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await _stream.ReadExactlyAsync(payload);
            var isEnd = (header[3] is Data or Headers && (header[4] & 1) != 0) || header[3] == Reset;
            if (header[3] == GoAway || (isEnd && BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) == stream))
            {
                return (header[3], payload);
            }
        }
    }

    public void Dispose() => _stream.Dispose();
}
