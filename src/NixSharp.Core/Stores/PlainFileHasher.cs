using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Stores;

/// <summary>Hashes the contents of the one file that a flat content address stands for.</summary>
internal sealed class PlainFileHasher(NixHashAlgorithm algorithm) : IFileTreeSink
{
    /// <summary>The hash, once the file was read.</summary>
    public NixHash Hash { get; private set; }

    /// <summary>Whether the file is a program, which a flat content address does not say.</summary>
    public bool IsExecutable { get; private set; }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) =>
        (Hash, IsExecutable) = (NixHash.Compute(algorithm, contents), executable);

    public void BeginDirectory(ReadOnlySpan<byte> name) => throw PlainFileSink.NotAFile();

    public void EndDirectory() => throw PlainFileSink.NotAFile();

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => throw PlainFileSink.NotAFile();
}
