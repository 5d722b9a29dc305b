using NixSharp.Derivations;

namespace NixSharp.Nar;

/// <summary>A file, folder or symlink in a NAR. Names and targets may hold bytes that are not UTF-8; see <see cref="ByteText"/>.</summary>
public sealed class NarEntry
{
    /// <summary>What it is.</summary>
    public required NarEntryType Type { get; init; }

    /// <summary>Whether a file may be executed.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>The size of a file, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Where a file's contents start in the NAR, in bytes; null where the listing does not say.</summary>
    public long? NarOffset { get; init; }

    /// <summary>What a symlink leads to.</summary>
    public string Target { get; init; } = "";

    /// <summary>What is in a folder, by name, in byte order.</summary>
    public IReadOnlyDictionary<string, NarEntry> Entries { get; init; } = new OrderedDictionary<string, NarEntry>();
}
