using System.Text;
using Newtonsoft.Json.Linq;

namespace NixSharp.Registries.Skopeo;

/// <summary>
/// Credentials in a file that only this user can read, and that is gone in the end: arguments are seen by every user
/// of the machine, and skopeo does not know all the places that credentials are kept in.
/// </summary>
internal sealed class SkopeoAuthFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    private SkopeoAuthFile(DirectoryInfo folder)
    {
        _folder = folder;
        Path = System.IO.Path.Combine(folder.FullName, "auth.json");
    }

    public string Path { get; }

    /// <summary>Null where there are no credentials for the reference.</summary>
    public static async Task<SkopeoAuthFile?> CreateAsync(ImageReference reference, CredentialStore store, CancellationToken cancellationToken)
    {
        if (await FindAsync(reference, store, cancellationToken).ConfigureAwait(false) is not { } credentials)
        {
            return null;
        }

        var pair = Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}");
        var entry = new JObject { ["auth"] = Convert.ToBase64String(pair) };
        if (credentials.IdentityToken is { } token)
        {
            entry["identitytoken"] = token;
        }

        var json = new JObject { ["auths"] = new JObject { [reference.Registry] = entry } };
        var file = new SkopeoAuthFile(Directory.CreateTempSubdirectory("nixsharp-"));
        try
        {
            await file.WriteAsync(json.ToString(), cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<RegistryCredentials?> FindAsync(ImageReference reference, CredentialStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(reference, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Code == NixErrorCodes.CredentialHelperFailed)
        {
            // What is public needs no helper; where it does, skopeo is refused and says so.
            return null;
        }
    }

    private async Task WriteAsync(string json, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var writer = new StreamWriter(Path, options);
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteAsync(json.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }
}
