using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Registries;

/// <summary>One file of credentials. Errors name the file and never quote it.</summary>
internal sealed partial class CredentialFile
{
    private const long MaxSize = 1 << 20;
    private readonly string _path;
    private readonly JObject _json;
    private readonly Dictionary<string, JToken> _entries;
    private readonly Dictionary<string, string> _helpers;
    private readonly string? _helperForAll;

    private CredentialFile(string path, JObject json, bool isLegacy)
    {
        _path = path;
        _json = json;
        _entries = Map(isLegacy ? json : json["auths"], static value => value);
        _helpers = Map(isLegacy ? null : json["credHelpers"], value => AsText(value) ?? throw Broken("credHelpers has a value that is no text"));
        _helperForAll = isLegacy ? null : AsText(json["credsStore"]);
    }

    public static CredentialFile? Read(string path, bool isLegacy, bool mustExist)
    {
        try
        {
            if (!mustExist && !File.Exists(path))
            {
                return null;
            }

            using var stream = File.OpenRead(path);
            if (stream.Length > MaxSize)
            {
                throw Broken(path, $"it is larger than {MaxSize} bytes");
            }

            using var reader = new JsonTextReader(new StreamReader(stream)) { DateParseHandling = DateParseHandling.None, MaxDepth = 32 };
            return new CredentialFile(path, JObject.Load(reader), isLegacy);
        }
        catch (JsonReaderException exception)
        {
            // The reader's own message quotes what it could not read.
            throw Broken(path, $"it is not a JSON object (line {exception.LineNumber}, column {exception.LinePosition})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(
                NixErrorCodes.CredentialsUnreadable,
                $"The credentials in {path} cannot be read: {exception.Message} Check that the file is there and yours.",
                exception);
        }
    }

    public async Task<RegistryCredentials?> FindAsync(RegistryAddress address, CancellationToken cancellationToken)
    {
        foreach (var key in address.Keys())
        {
            if (_helpers.TryGetValue(key, out var helper) &&
                await CredentialHelper.GetAsync(helper, address.Registry, _path, cancellationToken).ConfigureAwait(false) is { } helped)
            {
                return helped;
            }

            if (_entries.TryGetValue(key, out var entry) && ReadEntry(key, entry) is { } found)
            {
                return found;
            }
        }

        return _helperForAll is { Length: > 0 } forAll
            ? await CredentialHelper.GetAsync(forAll, address.Registry, _path, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Old keys are URLs, Docker Hub's among them: <c>https://index.docker.io/v1/</c>.</summary>
    private static string Normalise(string key)
    {
        var name = key;
        if (name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
        {
            name = name[(scheme + 3)..];
            name = name.Split('/')[0];
        }

        name = name.TrimEnd('/');
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? name : name[..slash];
        return host is "index.docker.io" or "registry-1.docker.io"
            ? ImageReference.DockerHub + (slash < 0 || name[slash..] is "/v1" or "/v2" ? "" : name[slash..])
            : name;
    }

    private RegistryCredentials? ReadEntry(string key, JToken entry)
    {
        if (entry is not JObject fields)
        {
            throw Broken($"what it has for {key} is no object");
        }

        var identity = AsText(fields["identitytoken"]);
        if (AsText(fields["auth"]) is { Length: > 0 } encoded)
        {
            var bytes = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, bytes, out var count))
            {
                throw Broken($"the 'auth' that it has for {key} is not base 64");
            }

            var pair = Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\0');
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon < 0
                ? throw Broken($"the 'auth' that it has for {key} is no user name and password")
                : new RegistryCredentials(pair[..colon], pair[(colon + 1)..], identity, _path);
        }

        var username = AsText(fields["username"]);
        return identity is { Length: > 0 } || username is { Length: > 0 }
            ? new RegistryCredentials(username ?? "", AsText(fields["password"]) ?? "", identity is "" ? null : identity, _path)
            : null;
    }

    private Dictionary<string, T> Map<T>(JToken? json, Func<JToken, T> read)
    {
        var map = new Dictionary<string, T>();
        if (json is null or { Type: JTokenType.Null })
        {
            return map;
        }

        foreach (var property in (json as JObject ?? throw Broken("a part that should be an object is none")).Properties())
        {
            // A key as it stands is preferred to one that only comes to the same.
            var key = Normalise(property.Name);
            if (key == property.Name || !map.ContainsKey(key))
            {
                map[key] = read(property.Value);
            }
        }

        return map;
    }

    private static string? AsText(JToken? json) => json is JValue { Value: string text } ? text : null;

    private RegistryException Broken(string why) => Broken(_path, why);

    private static RegistryException Broken(string path, string why) => new(
        NixErrorCodes.CredentialsUnreadable,
        $"The credentials in {path} cannot be read: {why}. Correct the file, or write it anew with 'skopeo login' or 'docker login'.");
}
