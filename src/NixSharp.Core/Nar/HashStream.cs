using System.Security.Cryptography;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>A stream that hashes what is written to it, and counts it.</summary>
internal sealed class HashStream(IncrementalHash hash) : WriteOnlyStream
{
    /// <summary>How many bytes were written.</summary>
    public long Count { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hash.AppendData(buffer);
        Count += buffer.Length;
    }
}
