namespace NixSharp.Images.Seekable;

/// <summary>How a table of contents is added to a layer.</summary>
internal abstract class SeekableFormat : IDisposable
{
    /// <summary>Whether the table of contents is a file in the archive, before its end, or something behind it.</summary>
    public abstract bool IsTableInArchive { get; }

    /// <summary>What readers need to know besides; complete once the layer is.</summary>
    public abstract AnnotationSet Annotations { get; }

    /// <summary>Writes what goes before the first entry.</summary>
    public virtual void Begin(TarChunker output)
    {
    }

    /// <summary>Told each header and padding of the archive, as it is.</summary>
    public virtual void AddRaw(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>Told that an entry begins, of which the headers are over.</summary>
    public virtual void AddEntry(SeekableEntry entry)
    {
    }

    /// <summary>Told some contents of the entry that was added last.</summary>
    public virtual void AddContents(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>Writes the table of contents and all that follows.</summary>
    public abstract void End(TarChunker output);

    public virtual void Dispose()
    {
    }
}
