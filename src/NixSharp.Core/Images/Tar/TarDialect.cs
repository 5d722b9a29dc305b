using System.Buffers;

namespace NixSharp.Images.Tar;

/// <summary>
/// How headers are written where the formats leave a choice. The digest of a layer depends on it, so that a layer that
/// another program has described has to be written as that program does it.
/// </summary>
internal abstract class TarDialect
{
    /// <summary>Headers of our own layers.</summary>
    public static TarDialect Own { get; } = new OwnDialect();

    /// <summary>Headers as Python's tarfile writes them in the pax format.</summary>
    public static TarDialect Python { get; } = new PythonDialect();

    /// <summary>Headers as Go's archive/tar writes them.</summary>
    public static TarDialect Go { get; } = new GoDialect();

    /// <summary>Whether names are absolute.</summary>
    public virtual bool HasLeadingSlash => false;

    /// <summary>Whether the names of folders end in a slash.</summary>
    public virtual bool HasTrailingSlash => true;

    /// <summary>What the size of an archive is a multiple of.</summary>
    public virtual int RecordSize => TarHeader.BlockSize;

    /// <summary>Writes the header of an entry, and what has to come before it.</summary>
    public abstract void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, TarEntryType type, TarAttributes attributes, long size, ReadOnlySpan<byte> link);

    private protected static void WritePadding(IBufferWriter<byte> output, long size)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[TarHeader.BlockSize];
        output.Write(zeros[..TarHeader.PaddingOf(size)]);
    }
}
