using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Finds out what a builder made: makes it canonical, hashes it, looks for references, and gives each output its path.</summary>
internal sealed class OutputReader(BuildInputs inputs, string storeFolder)
{
    private readonly Dictionary<string, NarDigest> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<StorePath, StorePath> _final = [];

    private Derivation Derivation => inputs.Derivation;

    /// <summary>The outputs, what is referred to before what refers to it.</summary>
    /// <exception cref="BuildFailure">An output is missing, or is not what it may be.</exception>
    public IReadOnlyList<BuiltOutput> Read(CancellationToken cancellationToken)
    {
        var candidates = inputs.Closure.Paths.Select(static info => info.Path).Concat(inputs.Scratch.Values).ToList();
        foreach (var (name, scratch) in inputs.Scratch)
        {
            _digests[name] = ReadOne(name, FolderOf(scratch), inputs.Options.UnsafeDiscardReferences.Contains(name) ? [] : candidates, cancellationToken);
        }

        var outputs = new List<BuiltOutput>();
        foreach (var name in Order())
        {
            var output = Finish(name, cancellationToken);
            _final[inputs.Scratch[name]] = output.Info.Path;
            outputs.Add(output);
        }

        return outputs;
    }

    private string FolderOf(StorePath scratch) => Path.Combine(storeFolder, scratch.BaseName);

    private NarDigest ReadOne(string name, string folder, IReadOnlyList<StorePath> candidates, CancellationToken cancellationToken)
    {
        if (!FileTree.Exists(folder))
        {
            throw BuildFailure.Output($"the builder did not make the output '{name}': nothing is at {inputs.Scratch[name]}. Correct the builder, or what it is told by ${name}.");
        }

        try
        {
            using var canonicaliser = new LinuxTreeCanonicaliser(folder);
            canonicaliser.Apply(cancellationToken);
            return NarArchive.Digest(folder, NixHashAlgorithm.Sha256, candidates, null, cancellationToken);
        }
        catch (NixFileException error)
        {
            throw new BuildFailure(BuildStatus.OutputRejected, $"the output '{name}' cannot be in a store: {error.Message.Replace(folder, inputs.Scratch[name].ToString(), StringComparison.Ordinal)}", error);
        }
    }

    /// <summary>The outputs' names, what is referred to first.</summary>
    private List<string> Order()
    {
        var names = inputs.Scratch.ToDictionary(static pair => pair.Value, static pair => pair.Key);
        var ordered = new List<string>();
        var states = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var name in inputs.Scratch.Keys.Order(ByteText.Comparer))
        {
            Visit(name);
        }

        return ordered;

        // As deep as there are outputs at most, which are named in one derivation.
        void Visit(string name)
        {
            if (states.TryGetValue(name, out var finished))
            {
                if (!finished)
                {
                    throw BuildFailure.Output($"the output '{name}' refers to itself through other outputs. A store has no cycles; put what refers to each other into one output.");
                }

                return;
            }

            states[name] = false;
            foreach (var reference in _digests[name].References)
            {
                if (names.TryGetValue(reference, out var other) && other != name)
                {
                    Visit(other);
                }
            }

            states[name] = true;
            ordered.Add(name);
        }
    }

    private BuiltOutput Finish(string name, CancellationToken cancellationToken)
    {
        var scratch = inputs.Scratch[name];
        var digest = _digests[name];
        return Derivation.Outputs[name] switch
        {
            DerivationOutput.InputAddressed known => Describe(name, FolderOf(scratch), known.Path, digest, null),
            DerivationOutput.Fixed { Address: var address } => Describe(name, FolderOf(scratch), scratch, CheckFixed(name, address, digest, cancellationToken), address),
            DerivationOutput.Floating floating => new FloatingOutput(inputs, name, _final).Read(floating.Method, floating.Algorithm, FolderOf(scratch), digest, cancellationToken),
            DerivationOutput.Impure impure => new FloatingOutput(inputs, name, _final).Read(impure.Method, impure.Algorithm, FolderOf(scratch), digest, cancellationToken),
            _ => throw BuildFailure.Rejected($"the path of the output '{name}' is not known"),
        };
    }

    private BuiltOutput Describe(string name, string folder, StorePath path, NarDigest digest, ContentAddress? address) => new(name, folder, new PathInfo
    {
        Path = path,
        NarHash = digest.Hash,
        NarSize = digest.Size,
        References = digest.References,
        Deriver = inputs.Path,
        RegistrationTime = DateTimeOffset.UtcNow,
        Ultimate = true,
        ContentAddress = address,
    });

    private NarDigest CheckFixed(string name, ContentAddress wanted, NarDigest digest, CancellationToken cancellationToken)
    {
        var folder = FolderOf(inputs.Scratch[name]);
        var got = wanted.AddressMethod switch
        {
            ContentAddressMethod.Nar when wanted.Hash.Algorithm == NixHashAlgorithm.Sha256 => digest.Hash,
            ContentAddressMethod.Nar => NarArchive.Digest(folder, wanted.Hash.Algorithm, [], null, cancellationToken).Hash,
            ContentAddressMethod.Git => GitHash(folder, wanted.Hash.Algorithm, cancellationToken),
            _ => PlainOutput.Hash(folder, name, wanted.Hash.Algorithm, new Dictionary<string, string>()),
        };
        if (got != wanted.Hash)
        {
            throw new BuildFailure(
                BuildStatus.HashMismatch,
                $"the hash of its output is another one:\n  specified: {wanted.Hash}\n        got: {got}\nCorrect the hash if this is what should be there.");
        }

        return digest.References.Count == 0
            ? digest
            : throw BuildFailure.Output($"its output is known by its hash, so it may not refer to store paths, and refers to {digest.References[0]}.");
    }

    private static NixHash GitHash(string folder, NixHashAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var hasher = new GitTreeHasher(algorithm);
        FileTree.Read(folder, hasher, cancellationToken);
        return hasher.IsUnambiguous
            ? hasher.Hash
            : throw BuildFailure.Output("its output is hashed as Git does, which does not tell a program or a symlink from a plain file. Make a folder.");
    }
}
