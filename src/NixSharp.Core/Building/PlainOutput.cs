using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;

namespace NixSharp.Building;

/// <summary>An output that is one file, hashed by its contents alone.</summary>
internal static class PlainOutput
{
    /// <summary>Hashes the contents, with some hash parts replaced.</summary>
    /// <exception cref="BuildFailure">The output is no file, or one that can be executed.</exception>
    public static NixHash Hash(string file, string name, NixHashAlgorithm algorithm, IReadOnlyDictionary<string, string> rewrites)
    {
        var hasher = new Hasher(name, algorithm, rewrites);
        FileTree.Read(file, hasher);
        return hasher.Hash;
    }

    private sealed class Hasher(string output, NixHashAlgorithm algorithm, IReadOnlyDictionary<string, string> rewrites) : IFileTreeSink
    {
        public NixHash Hash { get; private set; }

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
        {
            if (executable)
            {
                throw NotPlain();
            }

            using var hash = IncrementalHash.CreateHash(algorithm.ToHashAlgorithmName());
            using var sink = new HashStream(hash);
            using var rewriter = new HashRewriter(sink, rewrites);
            contents.CopyTo(rewriter);
            rewriter.Complete();
            Hash = new NixHash(algorithm, hash.GetHashAndReset());
        }

        public void BeginDirectory(ReadOnlySpan<byte> name) => throw NotPlain();

        public void EndDirectory() => throw NotPlain();

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => throw NotPlain();

        private BuildFailure NotPlain() =>
            BuildFailure.Output($"the output '{output}' is hashed by its contents, so it has to be a file that cannot be executed. Hash it recursively instead.");
    }
}
