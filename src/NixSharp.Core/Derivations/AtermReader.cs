using System.Buffers;
using System.Text;

namespace NixSharp.Derivations;

/// <summary>Takes the words of an ATerm one after another from bytes.</summary>
internal ref struct AtermReader(ReadOnlySpan<byte> data)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\"\\"u8);

    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>How many bytes were read so far.</summary>
    public int Position { get; private set; }

    public bool TryTake(ReadOnlySpan<byte> literal)
    {
        if (!_data[Position..].StartsWith(literal))
        {
            return false;
        }

        Position += literal.Length;
        return true;
    }

    public void Expect(ReadOnlySpan<byte> literal)
    {
        if (!TryTake(literal))
        {
            throw Invalid(Position == _data.Length ? "it ends in the middle" : $"'{Encoding.ASCII.GetString(literal)}' should stand here");
        }
    }

    public readonly void ExpectEnd()
    {
        if (Position < _data.Length)
        {
            throw Invalid("it goes on after its end");
        }
    }

    /// <summary>Opens a list; false where it is empty, and closed again.</summary>
    public bool BeginList()
    {
        Expect("["u8);
        return !TryTake("]"u8);
    }

    /// <summary>Whether another element of a list follows; closes the list otherwise.</summary>
    public bool NextInList()
    {
        if (TryTake(","u8))
        {
            return true;
        }

        Expect("]"u8);
        return false;
    }

    public string ReadString()
    {
        Expect("\""u8);
        var rest = _data[Position..];
        var end = rest.IndexOfAny(Special);
        if (end >= 0 && rest[end] == '"')
        {
            Position += end + 1;
            return ByteText.FromBytes(rest[..end]);
        }

        return ReadEscaped(rest, end);
    }

    public readonly NixFormatException Invalid(string why) =>
        new(NixErrorCodes.InvalidDerivation, $"This is not a derivation: {why}. Take it from where it came from again, or correct what writes it.", Position);

    private string ReadEscaped(ReadOnlySpan<byte> rest, int special)
    {
        var length = LengthOf(rest, special);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var written = 0;
            while (rest[special] != '"')
            {
                rest[..special].CopyTo(buffer.AsSpan(written));
                written += special;
                buffer[written++] = rest[special + 1] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var other => other,
                };
                rest = rest[(special + 2)..];
                special = rest.IndexOfAny(Special);
            }

            rest[..special].CopyTo(buffer.AsSpan(written));
            Position += length + 1;
            return ByteText.FromBytes(buffer.AsSpan(0, written + special));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The bytes up to the closing quote.</summary>
    private readonly int LengthOf(ReadOnlySpan<byte> rest, int special)
    {
        var length = 0;
        while (special >= 0 && rest[special] != '"' && special + 2 <= rest.Length)
        {
            length += special + 2;
            rest = rest[(special + 2)..];
            special = rest.IndexOfAny(Special);
        }

        return special >= 0 && rest[special] == '"' ? length + special : throw Invalid("a string has no end");
    }
}
