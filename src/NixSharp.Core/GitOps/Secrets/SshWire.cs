using System.Buffers.Binary;

namespace NixSharp.GitOps.Secrets;

/// <summary>Reads the binary form of SSH's keys, RFC 4251: numbers big-endian, strings with their length before them.</summary>
internal ref struct SshWire(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryReadNumber(out uint number)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out number))
        {
            return false;
        }

        _rest = _rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadNumber(out var length) || length > _rest.Length)
        {
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
