namespace NixSharp.Registries.Configuration;

/// <summary>
/// How registries are reached, as <c>registries.conf</c> (version 2) says it: mirrors, other locations, which are
/// insecure, which are blocked, and what short names stand for.
/// </summary>
public sealed class RegistriesConfiguration
{
    private readonly IReadOnlyList<RegistriesFile> _files;
    private readonly Lazy<IReadOnlyList<RegistryRule>> _rules;

    private RegistriesConfiguration(IReadOnlyList<RegistriesFile> files)
    {
        _files = files;

        // A later file takes the place of an earlier one's rule for the same prefix.
        _rules = new(() => [.. files.SelectMany(static file => file.Rules).GroupBy(static rule => rule.Prefix).Select(static rules => rules.Last())]);
    }

    /// <summary>Nothing is said of any registry.</summary>
    public static RegistriesConfiguration Empty { get; } = new([]);

    /// <summary>What is said of registries.</summary>
    /// <exception cref="RegistryException">A file is invalid (<c>NIXS4126</c>).</exception>
    public IReadOnlyList<RegistryRule> Rules => _rules.Value;

    /// <summary>The registries that names without one are looked for in.</summary>
    /// <exception cref="RegistryException">A file is invalid (<c>NIXS4126</c>).</exception>
    public IReadOnlyList<string> SearchRegistries => _files.Select(static file => file.SearchRegistries).LastOrDefault(static list => list is not null) ?? [];

    /// <summary>
    /// Where credentials are kept, in order: <c>containers-auth.json</c> stands for the files, any other name for the
    /// program <c>docker-credential-NAME</c>. Empty where only the files are.
    /// </summary>
    /// <exception cref="RegistryException">A file is invalid (<c>NIXS4126</c>).</exception>
    public IReadOnlyList<string> CredentialHelpers => _files.Select(static file => file.CredentialHelpers).LastOrDefault(static list => list is not null) ?? [];

    /// <summary>
    /// Reads the file that <c>CONTAINERS_REGISTRIES_CONF</c> names; else <c>containers/registries.conf</c> in
    /// <c>${XDG_CONFIG_HOME:-~/.config}</c> or <c>/etc</c>, whichever is the first to be there, and the files of
    /// <c>registries.conf.d</c> in both.
    /// </summary>
    /// <exception cref="RegistryException">A file cannot be read (<c>NIXS4126</c>).</exception>
    public static RegistriesConfiguration Load() => Load(Environment.GetEnvironmentVariable);

    /// <summary>Reads the same as <see cref="Load()"/>, by other variables.</summary>
    internal static RegistriesConfiguration Load(Func<string, string?> environment)
    {
        if (environment("CONTAINERS_REGISTRIES_CONF") is { Length: > 0 } named)
        {
            return Load(named);
        }

        var home = environment("HOME") is { Length: > 0 } given ? given : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var own = Path.Combine(environment("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Combine(home, ".config"), "containers");
        var files = new List<RegistriesFile>();
        if ((RegistriesFile.Read(Path.Combine(own, "registries.conf"), mustExist: false) ?? RegistriesFile.Read("/etc/containers/registries.conf", mustExist: false)) is { } main)
        {
            files.Add(main);
        }

        foreach (var folder in new[] { "/etc/containers/registries.conf.d", Path.Combine(own, "registries.conf.d") }.Where(Directory.Exists))
        {
            files.AddRange(Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal).Select(static path => RegistriesFile.Read(path, mustExist: true)!));
        }

        return new RegistriesConfiguration(files);
    }

    /// <summary>Reads one file, which has to be there, and no other.</summary>
    /// <exception cref="RegistryException">It cannot be read (<c>NIXS4126</c>).</exception>
    public static RegistriesConfiguration Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new RegistriesConfiguration([RegistriesFile.Read(path, mustExist: true)!]);
    }

    /// <summary>
    /// What a name stands for: itself where it names a registry; else what an alias says; else that name in each of
    /// <see cref="SearchRegistries"/>, or in Docker Hub where there are none.
    /// </summary>
    /// <exception cref="RegistryException">The name is none, or may be in several registries and none is to be guessed (<c>NIXS4101</c>).</exception>
    public IReadOnlyList<ImageReference> Expand(string name)
    {
        var plain = ImageReference.Parse(name);
        if (ImageReference.NamesRegistry(name))
        {
            return [plain];
        }

        var end = name.IndexOfAny([':', '@']);
        var (repository, rest) = end < 0 ? (name, "") : (name[..end], name[end..]);
        if (_files.SelectMany(static file => file.Aliases).LastOrDefault(alias => alias.Key == repository) is { Value: { Length: > 0 } full })
        {
            return [ImageReference.Parse(full + rest)];
        }

        var found = SearchRegistries.Select(registry => ImageReference.Parse($"{registry}/{name}")).ToList();
        return found.Count > 1 && _files.LastOrDefault(static file => file.ShortNameMode is not null)?.ShortNameMode == "enforcing"
            ? throw new RegistryException(NixErrorCodes.InvalidImageReference, $"'{name}' may be in several registries. Write which one: {string.Join(", ", found.Select(static reference => $"{reference.Registry}/{reference.Repository}"))}.")
            : found.Count > 0 ? found : [plain];
    }

    /// <summary>Where an image may be fetched from, in order: mirrors, and in the end the place itself.</summary>
    /// <exception cref="RegistryException">The registry is blocked (<c>NIXS4127</c>).</exception>
    internal IReadOnlyList<RegistryEndpoint> RouteReading(ImageReference reference, RegistryOptions options)
    {
        var home = Route(reference, options);
        if (Find(reference) is not { Rule: var rule, Length: var length })
        {
            return [home];
        }

        var mirrors = rule.Mirrors
            .Where(mirror => mirror.Use == MirrorUse.All || mirror.Use == MirrorUse.DigestOnly == (reference.Digest is not null))
            .Select(mirror => Endpoint(reference, mirror.Location, length, mirror.IsInsecure, options));
        return [.. mirrors, home];
    }

    /// <summary>Where a repository really is.</summary>
    /// <exception cref="RegistryException">The registry is blocked (<c>NIXS4127</c>).</exception>
    internal RegistryEndpoint Route(ImageReference reference, RegistryOptions options)
    {
        if (Find(reference) is not { Rule: var rule, Length: var length })
        {
            return new RegistryEndpoint(reference.Address, options.Insecure, options.Credentials);
        }

        if (rule.IsBlocked)
        {
            throw new RegistryException(
                NixErrorCodes.RegistryBlocked,
                $"{reference.Address} is blocked by the rule for {rule.Prefix} in {rule.File}. Use an image from another registry, or have the rule changed.");
        }

        return rule.Location is { } location
            ? Endpoint(reference, location, length, rule.IsInsecure || options.Insecure, options)
            : new RegistryEndpoint(reference.Address, rule.IsInsecure || options.Insecure, options.Credentials);
    }

    private static RegistryEndpoint Endpoint(ImageReference reference, string location, int length, bool isInsecure, RegistryOptions options)
    {
        var name = reference.Address.ToString();
        var address = RegistryAddress.Parse(location + (length < name.Length ? name[length..] : ""));

        // What was given for one registry is nothing for another.
        var credentials = address.Registry == reference.Registry ? options.Credentials : options.Credentials.ForOthers();
        return new RegistryEndpoint(address, isInsecure, credentials);
    }

    private (RegistryRule Rule, int Length)? Find(ImageReference reference) =>
        Rules
            .Select(rule => (Rule: rule, Length: rule.Match(reference)))
            .Where(static match => match.Length is not null)
            .OrderByDescending(static match => match.Rule.Prefix.StartsWith('*') ? 0 : 1)
            .ThenByDescending(static match => match.Rule.Prefix.Length)
            .Select(static match => ((RegistryRule, int)?)(match.Rule, match.Length!.Value))
            .FirstOrDefault();
}
