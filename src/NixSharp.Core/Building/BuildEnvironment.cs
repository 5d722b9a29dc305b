using System.Globalization;
using System.Text;
using NixSharp.Derivations;
using NixSharp.Hashing;

namespace NixSharp.Building;

/// <summary>Gives a builder the variables and files that Nix gives it.</summary>
internal sealed class BuildEnvironment(BuildInputs inputs, string folder, int cores)
{
    private const string InSandbox = SandboxFiles.BuildFolder;

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal)
    {
        ["PATH"] = "/path-not-set",
        ["HOME"] = "/homeless-shelter",
        ["NIX_STORE"] = inputs.Derivation.StoreDirectory.Path,
        ["NIX_BUILD_CORES"] = cores.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Writes the files into the build folder.</summary>
    /// <returns>The variables.</returns>
    /// <exception cref="BuildFailure">An attribute asks for something that cannot be.</exception>
    public IReadOnlyDictionary<string, string> Write()
    {
        var graphs = new ReferenceGraphs(inputs);
        if (inputs.Options.StructuredAttributes is { } attributes)
        {
            var json = AttributeFiles.Complete(attributes, inputs, graphs);
            _variables["NIX_ATTRS_JSON_FILE"] = WriteFile(".attrs.json", inputs.Rewrite(NixJsonText.Write(json)));
            _variables["NIX_ATTRS_SH_FILE"] = WriteFile(".attrs.sh", inputs.Rewrite(AttributeFiles.ToShell(json)));
        }
        else
        {
            AddAttributes();
            foreach (var (name, text) in graphs.ToText())
            {
                WriteFile(name, text);
            }
        }

        foreach (var name in (string[])["NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD"])
        {
            _variables[name] = InSandbox;
        }

        if (inputs.Derivation.Kind == DerivationKind.Fixed)
        {
            _variables["NIX_OUTPUT_CHECKED"] = "1";
        }

        if (inputs.HasNetwork)
        {
            foreach (var name in inputs.Options.ImpureEnvironmentVariables)
            {
                _variables[name] = Environment.GetEnvironmentVariable(name) ?? "";
            }
        }

        _variables["NIX_LOG_FD"] = "2";
        _variables["TERM"] = "xterm-256color";
        return _variables.ToDictionary(static pair => pair.Key, pair => inputs.Rewrite(pair.Value));
    }

    private void AddAttributes()
    {
        foreach (var (name, value) in inputs.Derivation.Environment)
        {
            if (!inputs.Options.PassAsFile.Contains(name))
            {
                _variables[name] = value;
                continue;
            }

            var hash = NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(name)).ToDigestString(HashFormat.Nix32);
            _variables[name + "Path"] = WriteFile($".attr-{hash}", inputs.Rewrite(value));
        }
    }

    /// <returns>Where the builder finds the file.</returns>
    private string WriteFile(string name, string contents)
    {
        File.WriteAllBytes(Path.Combine(folder, name), ByteText.ToBytes(contents));
        return $"{InSandbox}/{name}";
    }
}
