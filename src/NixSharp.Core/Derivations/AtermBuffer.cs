using System.Buffers;
using NixSharp.Hashing;

namespace NixSharp.Derivations;

/// <summary>Memory for an ATerm that is only hashed, one a thread, so that hashing thousands of derivations allocates it once.</summary>
internal static class AtermBuffer
{
    private const int InitialSize = 16 * 1024;
    private const int MaxKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Hashes what <paramref name="write"/> writes.</summary>
    public static NixHash Hash<T>(T argument, Action<AtermWriter, T> write)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(InitialSize);
        _buffer = null;
        write(new AtermWriter(buffer), argument);
        var hash = NixHash.Compute(NixHashAlgorithm.Sha256, buffer.WrittenSpan);
        if (buffer.Capacity <= MaxKept)
        {
            buffer.ResetWrittenCount();
            _buffer = buffer;
        }

        return hash;
    }
}
