using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>
/// An output whose path follows from its contents. It was built somewhere else, so that what it says of itself, and of
/// other such outputs, has to be replaced.
/// </summary>
internal sealed class FloatingOutput(BuildInputs inputs, string name, IReadOnlyDictionary<StorePath, StorePath> final)
{
    private readonly StorePath _scratch = inputs.Scratch[name];

    /// <summary>Gives the output its path, and writes what it is there beside <paramref name="folder"/> where it has to be changed.</summary>
    public BuiltOutput Read(ContentAddressMethod method, NixHashAlgorithm algorithm, string folder, NarDigest built, CancellationToken cancellationToken)
    {
        var refersToItself = built.References.Contains(_scratch);
        var references = built.References.Where(path => path != _scratch).Select(path => final.GetValueOrDefault(path, path)).ToList();
        var rewrites = built.References
            .Where(path => path != _scratch && final.TryGetValue(path, out var known) && known != path)
            .ToDictionary(static path => path.HashPart.ToString(), path => final[path].HashPart.ToString());

        var address = ContentAddress.Of(method, Hash(method, algorithm, folder, rewrites, cancellationToken));
        StorePath path;
        try
        {
            path = StorePath.FromContentAddress(
                Derivation.OutputPathName(inputs.Derivation.Name, name), address, references, refersToItself, inputs.Derivation.StoreDirectory);
        }
        catch (NixFormatException error)
        {
            throw new BuildFailure(BuildStatus.OutputRejected, $"the output '{name}' has no path: {error.Message}", error);
        }

        if (refersToItself)
        {
            rewrites[_scratch.HashPart.ToString()] = path.HashPart.ToString();
        }

        var (place, digest) = rewrites.Count == 0 ? (folder, (built.Hash, built.Size)) : Rewrite(folder, rewrites, cancellationToken);
        return new BuiltOutput(name, place, new PathInfo
        {
            Path = path,
            NarHash = digest.Item1,
            NarSize = digest.Item2,
            References = [.. (refersToItself ? references.Append(path) : references).Distinct().Order()],
            Deriver = inputs.Path,
            RegistrationTime = DateTimeOffset.UtcNow,
            Ultimate = true,
            ContentAddress = address,
        });
    }

    private NixHash Hash(
        ContentAddressMethod method,
        NixHashAlgorithm algorithm,
        string folder,
        Dictionary<string, string> rewrites,
        CancellationToken cancellationToken)
    {
        if (method is ContentAddressMethod.Flat or ContentAddressMethod.Text)
        {
            return PlainOutput.Hash(folder, name, algorithm, rewrites);
        }

        if (method == ContentAddressMethod.Git)
        {
            throw BuildFailure.Rejected("its outputs are hashed as Git does, which is not supported here");
        }

        // In the hash, what an output says of itself is left out: the hash would depend on itself.
        using var hash = new SelfReferenceHasher(algorithm, _scratch);
        Dump(folder, hash, rewrites, cancellationToken);
        return hash.Complete().WithPlaces;
    }

    private static void Dump(string folder, Stream output, IReadOnlyDictionary<string, string> rewrites, CancellationToken cancellationToken)
    {
        using var rewriter = new HashRewriter(output, rewrites);
        using (var writer = new NarWriter(rewriter))
        {
            FileTree.Read(folder, writer, cancellationToken);
        }

        rewriter.Complete();
    }

    private static (string Folder, (NixHash Hash, long Size) Digest) Rewrite(string folder, Dictionary<string, string> rewrites, CancellationToken cancellationToken)
    {
        var target = folder + ".rewritten";
        NarPipe.RunAsync(
            (output, ended) => Task.Run(() => Dump(folder, output, rewrites, ended), CancellationToken.None),
            (input, ended) => Task.Run(
                () =>
                {
                    using var buffered = new BufferedStream(input, 64 * 1024);
                    using var writer = new TreeWriter(target, TreeWriterOptions.Canonical);
                    NarReader.Read(buffered, writer, ended);
                },
                CancellationToken.None),
            cancellationToken).GetAwaiter().GetResult();
        var digest = NarArchive.Digest(target, NixHashAlgorithm.Sha256, [], null, cancellationToken);
        return (target, (digest.Hash, digest.Size));
    }
}
