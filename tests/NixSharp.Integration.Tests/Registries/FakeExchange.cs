using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>One request over HTTP 1.1 and the answer to it. The connection is good for this one only.</summary>
internal sealed class FakeExchange : IDisposable
{
    private readonly TcpClient _client;
    private readonly BufferedStream _stream;
    private bool _isBodyRead;

    public FakeExchange(TcpClient client)
    {
        _client = client;
        _stream = new BufferedStream(client.GetStream());
        var start = ReadLine().Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var line = ReadLine(); line.Length > 0; line = ReadLine())
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        Request = new FakeRequest(start[0], start[1], headers);
    }

    public FakeRequest Request { get; }

    private bool IsChunked => Request.Headers.ContainsKey("Transfer-Encoding");

    private bool AsksFirst => Request.Headers.ContainsKey("Expect");

    /// <summary>Reads the first bytes of a body and no more.</summary>
    public byte[] ReadBeginning(int count)
    {
        Continue();
        var beginning = new byte[count];
        for (var read = 0; read < count;)
        {
            read += IsChunked ? ReadChunk(beginning.AsSpan(read)) : _stream.Read(beginning.AsSpan(read));
        }

        _isBodyRead = true;
        return beginning;
    }

    public byte[] ReadBody()
    {
        Continue();
        _isBodyRead = true;
        if (!IsChunked)
        {
            return ReadExactly(int.Parse(Request.Headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture));
        }

        using var body = new MemoryStream();
        for (; ; )
        {
            var size = int.Parse(ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(ReadExactly(size));
            ReadLine();
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    public bool Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers) =>
        Answer(status, Encoding.UTF8.GetBytes(body), headers);

    public bool Answer(HttpStatusCode status, byte[] body, params (string Name, string Value)[] headers)
    {
        // A client that asks first has not sent its body; from any other it has to be taken.
        if (!_isBodyRead && !AsksFirst)
        {
            ReadBody();
        }

        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        var head = $"HTTP/1.1 {(int)status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{string.Concat(lines)}\r\n";
        _stream.Write(Encoding.UTF8.GetBytes(head));
        _stream.Write(Request.Method == "HEAD" ? [] : body);
        _stream.Flush();
        return true;
    }

    /// <summary>Answers with the beginning of a body, and breaks the connection.</summary>
    public bool AnswerPartly(HttpStatusCode status, byte[] body, int count, params (string Name, string Value)[] headers)
    {
        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        _stream.Write(Encoding.UTF8.GetBytes($"HTTP/1.1 {(int)status} X\r\nContent-Length: {body.Length}\r\n{string.Concat(lines)}\r\n"));
        _stream.Write(body.AsSpan(0, count));
        _stream.Flush();
        _client.Client.Shutdown(SocketShutdown.Send);
        return true;
    }

    /// <summary>Answers with a body that comes byte by byte and has no end.</summary>
    public bool AnswerForever(Task until, params (string Name, string Value)[] headers)
    {
        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        _stream.Write(Encoding.UTF8.GetBytes($"HTTP/1.1 200 X\r\n{string.Concat(lines)}\r\n"));
        do
        {
            _stream.WriteByte((byte)' ');
            _stream.Flush();
        }
        while (!until.Wait(TimeSpan.FromMilliseconds(20)));

        return true;
    }

    /// <summary>Breaks the connection.</summary>
    public bool Abort()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Close();
        return true;
    }

    public void Dispose() => _client.Dispose();

    private void Continue()
    {
        if (!_isBodyRead && AsksFirst)
        {
            _stream.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            _stream.Flush();
        }
    }

    private int ReadChunk(Span<byte> buffer)
    {
        var chunk = ReadExactly(int.Parse(ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        ReadLine();
        var count = Math.Min(chunk.Length, buffer.Length);
        chunk.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    private byte[] ReadExactly(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (var next = _stream.ReadByte(); next != '\n'; next = _stream.ReadByte())
        {
            line.Append(next < 0 ? throw new IOException("The client closed the connection.") : (char)next);
        }

        return line.ToString().TrimEnd('\r');
    }
}
