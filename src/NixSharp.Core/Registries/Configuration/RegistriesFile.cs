using NixSharp.Files;
using Tomlyn;
using Tomlyn.Model;

namespace NixSharp.Registries.Configuration;

/// <summary>One file in the format of <c>registries.conf</c>, version 2. It is taken apart only when something in it is wanted.</summary>
internal sealed class RegistriesFile
{
    private const int MaxSize = 1 << 20;
    private readonly string _path;
    private readonly string _text;
    private readonly Lazy<TomlTable> _table;

    private RegistriesFile(string path, string text)
    {
        _path = path;
        _text = text;
        _table = new Lazy<TomlTable>(Parse);
    }

    /// <summary>Reads a file; null where there is none.</summary>
    /// <exception cref="RegistryException">It cannot be read.</exception>
    public static RegistriesFile? Read(string path, bool mustExist)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists && !mustExist)
            {
                return null;
            }

            return file.Length <= MaxSize
                ? new RegistriesFile(path, File.ReadAllText(path))
                : throw Invalid(path, $"it has more than {MaxSize} bytes");
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Invalid(path, FileErrors.Explain(error).TrimEnd('.'));
        }
    }

    /// <summary>What the file says of registries.</summary>
    public IEnumerable<RegistryRule> Rules => Has("[[", "registr", "[registr", "[ ") ? Tables(_table.Value, "registry").Select(ReadRule) : [];

    /// <summary>The registries that names without one are looked for in; null where the file says nothing.</summary>
    public IReadOnlyList<string>? SearchRegistries => Has("unqualified")
        ? _table.Value.TryGetValue("unqualified-search-registries", out var value) ? [.. Texts(value, "unqualified-search-registries")] : null
        : null;

    /// <summary>Where credentials are kept, in order; null where the file says nothing.</summary>
    public IReadOnlyList<string>? CredentialHelpers => Has("credential-helpers") && _table.Value.TryGetValue("credential-helpers", out var value)
        ? [.. Texts(value, "credential-helpers")]
        : null;

    /// <summary>What is done with names that may be in several registries; null where the file says nothing.</summary>
    public string? ShortNameMode => Has("short-name-mode") ? Text(_table.Value, "short-name-mode") : null;

    /// <summary>Full names for short ones.</summary>
    public IEnumerable<KeyValuePair<string, string>> Aliases =>
        Has("[aliases", "aliases", "[ ") && _table.Value.TryGetValue("aliases", out var value) && value is TomlTable aliases
            ? aliases.Select(alias => KeyValuePair.Create(alias.Key, alias.Value as string ?? throw Invalid("an alias is no text")))
            : [];

    // Taking a file apart costs more than everything else that is done with it, and most have nothing but comments or aliases.
    private bool Has(params ReadOnlySpan<string> starts)
    {
        foreach (var line in _text.AsSpan().EnumerateLines())
        {
            foreach (var start in starts)
            {
                if (line.TrimStart().StartsWith(start, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private TomlTable Parse()
    {
        try
        {
            var table = TomlSerializer.Deserialize<TomlTable>(_text) ?? [];
            return table.ContainsKey("registries") ? throw Invalid("it is in the format that came before version 2") : table;
        }
        catch (TomlException error)
        {
            throw Invalid(error.Message.TrimEnd('.'));
        }
    }

    private RegistryRule ReadRule(TomlTable table)
    {
        var location = Location(table, "location");
        var prefix = Text(table, "prefix") is { Length: > 0 } text ? text : location ?? throw Invalid("a registry has neither prefix nor location");
        var domain = prefix.StartsWith("*.", StringComparison.Ordinal) ? prefix[2..] : prefix;
        if (!ImageReference.IsHost(domain.Split('/')[0]))
        {
            throw Invalid($"the prefix '{prefix}' does not start with the name of a registry");
        }

        var byDigestOnly = Flag(table, "mirror-by-digest-only");
        return new RegistryRule
        {
            Prefix = prefix,
            Location = location,
            IsInsecure = Flag(table, "insecure"),
            IsBlocked = Flag(table, "blocked"),
            Mirrors = [.. Tables(table, "mirror").Select(mirror => new RegistryMirror(
                Location(mirror, "location") ?? throw Invalid("a mirror has no location"),
                Flag(mirror, "insecure"),
                byDigestOnly ? MirrorUse.DigestOnly : Use(Text(mirror, "pull-from-mirror"))))],
            File = _path,
        };
    }

    private MirrorUse Use(string? text) => text switch
    {
        null or "" or "all" => MirrorUse.All,
        "digest-only" => MirrorUse.DigestOnly,
        "tag-only" => MirrorUse.TagOnly,
        _ => throw Invalid($"'{text}' is not what a mirror can be used for"),
    };

    private IEnumerable<TomlTable> Tables(TomlTable table, string name) => !table.TryGetValue(name, out var value) ? []
        : value switch
        {
            TomlTableArray tables => tables,
            TomlArray items when items.All(static item => item is TomlTable) => items.OfType<TomlTable>(),
            _ => throw Invalid($"'{name}' is not a list of tables"),
        };

    private IEnumerable<string> Texts(object value, string name) =>
        value is TomlArray items ? items.Select(item => item as string ?? throw Invalid($"'{name}' has something that is no text")) : throw Invalid($"'{name}' is not a list of texts");

    private string? Location(TomlTable table, string name) => Text(table, name) switch
    {
        null or "" => null,
        var text => RegistryAddress.TryParse(text, out _) ? text : throw Invalid($"the location '{text}' is not like registry.example.org:5000/namespace"),
    };

    private string? Text(TomlTable table, string name) => !table.TryGetValue(name, out var value) ? null : value as string ?? throw Invalid($"'{name}' is no text");

    private bool Flag(TomlTable table, string name) => table.TryGetValue(name, out var value) && (value is bool flag ? flag : throw Invalid($"'{name}' is neither true nor false"));

    private RegistryException Invalid(string why) => Invalid(_path, why);

    private static RegistryException Invalid(string path, string why) => new(
        NixErrorCodes.RegistriesConfigurationInvalid,
        $"{path} cannot be read: {why}. Correct it; 'man containers-registries.conf' has the format.");
}
