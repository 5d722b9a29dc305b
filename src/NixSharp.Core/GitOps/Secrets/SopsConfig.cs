using System.Text;
using System.Text.RegularExpressions;
using NixSharp.Files;
using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Secrets;

/// <summary>
/// A <c>.sops.yaml</c>: the rules by which sops encrypts the files of a repository. What is not known, and rules that are not
/// changed, are written as they were read, anchors included; comments are not kept.
/// </summary>
public sealed class SopsConfig
{
    /// <summary>The name of the file.</summary>
    public const string FileName = ".sops.yaml";

    private const int MaxFileSize = 1 << 20;
    private readonly Lazy<IReadOnlyList<Regex?>> _patterns;

    /// <summary>Makes a configuration of rules.</summary>
    public SopsConfig(params IReadOnlyList<SopsRule> rules)
        : this(rules, new YamlMappingNode())
    {
    }

    internal SopsConfig(IReadOnlyList<SopsRule> rules, YamlMappingNode source)
    {
        ArgumentNullException.ThrowIfNull(rules);
        (Rules, Source) = (rules, source);
        _patterns = new Lazy<IReadOnlyList<Regex?>>(() => [.. Rules.Select(MakePattern)]);
    }

    /// <summary>The rules, the one that counts first.</summary>
    public IReadOnlyList<SopsRule> Rules { get; }

    /// <summary>The whole file as it was read.</summary>
    internal YamlMappingNode Source { get; }

    /// <summary>Reads the text of a <c>.sops.yaml</c>.</summary>
    /// <exception cref="GitOpsException">It is no YAML, or its rules make no sense.</exception>
    public static SopsConfig Parse(string text) => SopsConfigReader.Read(text, FileName);

    /// <summary>Reads a file.</summary>
    /// <exception cref="GitOpsException">It is no YAML, or its rules make no sense.</exception>
    /// <exception cref="NixFileException">The file is missing or unreadable.</exception>
    public static async Task<SopsConfig> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        return SopsConfigReader.Read(await SmallFile.ReadTextAsync(full, MaxFileSize, NixErrorCodes.InvalidSopsConfig, cancellationToken).ConfigureAwait(false), full);
    }

    /// <summary>The same configuration with other rules.</summary>
    public SopsConfig WithRules(params IReadOnlyList<SopsRule> rules) => new(rules, Source);

    /// <summary>The rule for a file; null where none matches.</summary>
    /// <param name="path">The path relative to the folder of the configuration, with slashes.</param>
    /// <exception cref="GitOpsException">A regular expression of a rule is none.</exception>
    public SopsRule? FindRule(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (var i = 0; i < Rules.Count; i++)
        {
            if (_patterns.Value[i]?.IsMatch(path) ?? true)
            {
                return Rules[i];
            }
        }

        return null;
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default) =>
        AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(ToString()), cancellationToken);

    /// <summary>The text of the file.</summary>
    public override string ToString() => SopsConfigWriter.Write(this);

    // Linear in the length of the path, whatever the expression is; sops' own have no more.
    private static Regex? MakePattern(SopsRule rule)
    {
        try
        {
            return rule.PathRegex is null ? null : new Regex(rule.PathRegex, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw SopsConfigReader.Invalid(FileName, $"'{rule.PathRegex}' is no regular expression ({error.Message})", error);
        }
    }
}
