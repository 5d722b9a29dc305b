using System.Buffers;
using System.Text;
using NixSharp.Hashing;

namespace NixSharp.Derivations;

/// <summary>Writes the words of an ATerm into memory, which each thread keeps for the next one: thousands of derivations are hashed in one go.</summary>
internal sealed class AtermWriter
{
    private const int InitialSize = 16 * 1024;
    private const int MaxKept = 1024 * 1024;

    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\\n\r\t");

    [ThreadStatic]
    private static AtermWriter? _kept;

    private byte[] _buffer = new byte[InitialSize];
    private int _length;

    private AtermWriter()
    {
    }

    /// <summary>Has an ATerm written, and gives its bytes to <paramref name="use"/>.</summary>
    public static TResult Write<T, TResult>(T argument, Action<AtermWriter, T> write, Func<ReadOnlySpan<byte>, TResult> use)
    {
        var writer = _kept ?? new AtermWriter();
        _kept = null;
        writer._length = 0;
        write(writer, argument);
        var result = use(writer._buffer.AsSpan(0, writer._length));
        _kept = writer._buffer.Length <= MaxKept ? writer : null;
        return result;
    }

    /// <summary>Hashes what <paramref name="write"/> writes.</summary>
    public static NixHash Hash<T>(T argument, Action<AtermWriter, T> write) =>
        Write(argument, write, static bytes => NixHash.Compute(NixHashAlgorithm.Sha256, bytes));

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>A string whose characters may need a backslash, or stand for bytes that are not UTF-8.</summary>
    public void String(string text)
    {
        Raw("\""u8);
        var rest = text.AsSpan();
        for (var special = rest.IndexOfAny(Special); special >= 0; special = rest.IndexOfAny(Special))
        {
            Text(rest[..special]);
            Raw(rest[special] switch
            {
                '\n' => "\\n"u8,
                '\r' => "\\r"u8,
                '\t' => "\\t"u8,
                '"' => "\\\""u8,
                _ => "\\\\"u8,
            });
            rest = rest[(special + 1)..];
        }

        Text(rest);
        Raw("\""u8);
    }

    /// <summary>A string in two parts that is known to need no backslash.</summary>
    public void Plain(ReadOnlySpan<char> text, ReadOnlySpan<char> more = default)
    {
        Raw("\""u8);
        Text(text);
        Text(more);
        Raw("\""u8);
    }

    public void Strings(IEnumerable<string> texts)
    {
        Raw("["u8);
        var separator = ReadOnlySpan<byte>.Empty;
        foreach (var text in texts)
        {
            Raw(separator);
            String(text);
            separator = ","u8;
        }

        Raw("]"u8);
    }

    /// <summary>Characters as they are, without quotes and backslashes.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        if (Ascii.FromUtf16(text, Reserve(text.Length), out var written) == OperationStatus.Done)
        {
            _length += written;
        }
        else
        {
            Raw(ByteText.ToBytes(text.ToString()));
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)_length + count))));
        }

        return _buffer.AsSpan(_length);
    }
}
