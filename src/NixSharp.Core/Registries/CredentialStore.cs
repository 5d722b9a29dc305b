using System.Runtime.InteropServices;
using NixSharp.Registries.Configuration;

namespace NixSharp.Registries;

/// <summary>
/// Finds credentials where skopeo, Podman and Docker keep theirs. The first file that knows the registry wins, and in
/// it the most specific key: <c>host/namespace/image</c>, <c>host/namespace</c>, <c>host</c>.
/// </summary>
public sealed partial class CredentialStore
{
    /// <summary>What <c>registries.conf</c> calls the files of credentials.</summary>
    internal const string AuthFiles = "containers-auth.json";

    /// <summary>Who names the helpers, for messages.</summary>
    internal const string ConfigurationName = "registries.conf";

    private readonly Func<string, string?> _environment;
    private readonly RegistryCredentials? _given;
    private readonly string? _authFile;
    private readonly bool _isEmpty;
    private readonly bool _mayBeMissing;

    internal CredentialStore(RegistryCredentials? given, string? authFile, Func<string, string?>? environment = null, bool isEmpty = false, bool mayBeMissing = false)
    {
        _mayBeMissing = mayBeMissing;
        _isEmpty = isEmpty;
        _given = given;
        _authFile = authFile;
        _environment = environment ?? Environment.GetEnvironmentVariable;
    }

    /// <summary>
    /// The file that <c>REGISTRY_AUTH_FILE</c> names, if it is set; else <c>$XDG_RUNTIME_DIR/containers/auth.json</c> or
    /// <c>/run/containers/$UID/auth.json</c>, <c>${XDG_CONFIG_HOME:-~/.config}/containers/auth.json</c>,
    /// <c>$DOCKER_CONFIG/config.json</c> or <c>~/.docker/config.json</c>, and <c>~/.dockercfg</c>, in this order; with
    /// the helpers before and after them that <c>registries.conf</c> names.
    /// </summary>
    public static CredentialStore Default { get; } = new(null, null);

    /// <summary>No credentials at all.</summary>
    public static CredentialStore Anonymous { get; } = new(null, null, isEmpty: true);

    /// <summary>These credentials, for whichever registry asks.</summary>
    public static CredentialStore From(RegistryCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new CredentialStore(credentials, null);
    }

    /// <summary>One file in the format of <c>~/.docker/config.json</c>, which has to be there, and no other.</summary>
    public static CredentialStore FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CredentialStore(null, path);
    }

    /// <summary>Where credentials come from for a registry that stands in for the one that was asked for.</summary>
    internal CredentialStore ForOthers() => _given is null ? this : Anonymous;

    /// <summary>Finds the credentials for a repository; null where there are none.</summary>
    /// <exception cref="RegistryException">A file cannot be read (<c>NIXS4108</c>), or a helper failed (<c>NIXS4109</c>).</exception>
    public Task<RegistryCredentials?> FindAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return FindAsync(reference.Address, cancellationToken);
    }

    internal async Task<RegistryCredentials?> FindAsync(RegistryAddress address, CancellationToken cancellationToken)
    {
        if (_given is not null || _isEmpty)
        {
            return _given;
        }

        foreach (var helper in Helpers())
        {
            var found = helper == AuthFiles
                ? await FindInFilesAsync(address, cancellationToken).ConfigureAwait(false)
                : await CredentialHelper.GetAsync(helper, address.Registry, ConfigurationName, cancellationToken).ConfigureAwait(false);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Where is looked, in order: <see cref="AuthFiles"/> for the files, else the name of a helper.</summary>
    internal IReadOnlyList<string> Helpers() =>
        _authFile is null && RegistriesConfiguration.Load(_environment).CredentialHelpers is { Count: > 0 } helpers ? helpers : [AuthFiles];

    /// <summary>The files that are looked into, in order, whether or not they are there.</summary>
    internal IEnumerable<(string Path, bool IsLegacy)> Files()
    {
        if (_isEmpty || _given is not null)
        {
            yield break;
        }

        // A file that somebody named stands for all of them, as it does for skopeo.
        if ((_authFile ?? Variable("REGISTRY_AUTH_FILE")) is { } named)
        {
            yield return (named, false);
            yield break;
        }

        if (Variable("XDG_RUNTIME_DIR") is { } runtime)
        {
            yield return (Path.Combine(runtime, "containers", "auth.json"), false);
        }
        else if (!OperatingSystem.IsWindows())
        {
            yield return ($"/run/containers/{GetUserId()}/auth.json", false);
        }

        var home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        yield return (Path.Combine(Variable("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "containers", "auth.json"), false);
        yield return (Path.Combine(Variable("DOCKER_CONFIG") ?? Path.Combine(home, ".docker"), "config.json"), false);
        yield return (Path.Combine(home, ".dockercfg"), true);
    }

    private async Task<RegistryCredentials?> FindInFilesAsync(RegistryAddress address, CancellationToken cancellationToken)
    {
        foreach (var (path, isLegacy) in Files())
        {
            var file = CredentialFile.Read(path, isLegacy, mustExist: path == _authFile && !_mayBeMissing);
            if (file is not null && await file.FindAsync(address, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private string? Variable(string name) => _environment(name) is { Length: > 0 } value ? value : null;

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUserId();
}
