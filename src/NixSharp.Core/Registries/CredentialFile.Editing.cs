using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Files;

namespace NixSharp.Registries;

internal sealed partial class CredentialFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Changes a file while no other process of NixSharp does; makes it, and the folder that it is in, if needed.</summary>
    public static async Task<T> EditAsync<T>(string path, Func<CredentialFile, Task<T>> edit, CancellationToken cancellationToken)
    {
        try
        {
            path = Path.GetFullPath(path);
            MakeFolder(Path.GetDirectoryName(path)!);

            // A symlink stays one.
            path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            var held = await FileLock.AcquireAsync(path + ".lock", FileLockMode.Exclusive, Patience, cancellationToken).ConfigureAwait(false);
            try
            {
                return await edit(Read(path, isLegacy: false, mustExist: false) ?? new CredentialFile(path, [], isLegacy: false)).ConfigureAwait(false);
            }
            finally
            {
                held.DeleteAndDispose();
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error) || error is NixFileException)
        {
            throw new RegistryException(
                NixErrorCodes.CredentialsNotStored,
                $"The credentials in {path} cannot be changed: {(error is NixFileException ? error.Message : FileErrors.Explain(error) + " Name another file with REGISTRY_AUTH_FILE or an option.")}",
                error);
        }
    }

    /// <summary>Keeps credentials for an address, in the helper that the file names or in the file; says where.</summary>
    public async Task<string> StoreAsync(RegistryAddress address, RegistryCredentials credentials, CancellationToken cancellationToken)
    {
        if (Helper(address) is { } helper)
        {
            await CredentialHelper.StoreAsync(helper, address.Registry, credentials, _path, cancellationToken).ConfigureAwait(false);
            return $"docker-credential-{helper}";
        }

        var entry = new JObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")) };
        if (credentials.IdentityToken is { } token)
        {
            entry["identitytoken"] = token;
        }

        var entries = Entries();
        entries[Keys(entries, address).FirstOrDefault() ?? address.ToString()] = entry;
        await WriteAsync(cancellationToken).ConfigureAwait(false);
        return _path;
    }

    /// <summary>Forgets what there is for an address; false where there is nothing.</summary>
    public async Task<bool> EraseAsync(RegistryAddress address, CancellationToken cancellationToken)
    {
        var isErased = Helper(address) is { } helper && await CredentialHelper.EraseAsync(helper, address.Registry, _path, cancellationToken).ConfigureAwait(false);
        var entries = Entries();
        var keys = Keys(entries, address).ToList();
        keys.ForEach(key => entries.Remove(key));
        if (keys.Count > 0)
        {
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }

        return isErased || keys.Count > 0;
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static IEnumerable<string> Keys(JObject entries, RegistryAddress address) =>
        entries.Properties().Select(static property => property.Name).Where(name => Normalise(name) == address.ToString());

    private string? Helper(RegistryAddress address) => _helpers.GetValueOrDefault(address.Registry) ?? (_helperForAll is { Length: > 0 } forAll ? forAll : null);

    private JObject Entries()
    {
        if (_json["auths"] is not JObject entries)
        {
            _json["auths"] = entries = [];
        }

        return entries;
    }

    private Task WriteAsync(CancellationToken cancellationToken)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var writer = new JsonTextWriter(text) { Formatting = Formatting.Indented, IndentChar = '\t', Indentation = 1 })
        {
            _json.WriteTo(writer);
        }

        return AtomicFile.WriteAsync(_path, Encoding.UTF8.GetBytes(text.ToString()), UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken);
    }
}
