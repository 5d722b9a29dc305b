namespace NixSharp.Stores.Caches;

/// <summary>What signs requests to S3.</summary>
/// <param name="AccessKeyId">Says who is asking.</param>
/// <param name="SecretAccessKey">Proves it.</param>
/// <param name="SessionToken">Comes with credentials that are valid for a while only.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Where they were found.</summary>
    internal string Origin { get; private init; } = "the program";

    /// <summary>The credentials of a profile, or, where none is named, those in the environment and then those of the usual profile; null where there are none.</summary>
    /// <exception cref="NixStoreException">The profile that was named has no credentials that can be used.</exception>
    internal static AwsCredentials? Find(string? profile)
    {
        if (string.IsNullOrEmpty(profile) && Variable("AWS_ACCESS_KEY_ID") is { } id && Variable("AWS_SECRET_ACCESS_KEY") is { } secret)
        {
            return new AwsCredentials(id, secret, Variable("AWS_SESSION_TOKEN")) { Origin = "the environment" };
        }

        var isNamed = !string.IsNullOrEmpty(profile);
        var name = isNamed ? profile! : Variable("AWS_PROFILE") ?? "default";
        foreach (var (file, section) in Places(name))
        {
            if (AwsProfileFile.Read(file, section) is { } values &&
                values.TryGetValue("aws_access_key_id", out var profileId) &&
                values.TryGetValue("aws_secret_access_key", out var profileSecret))
            {
                return new AwsCredentials(profileId, profileSecret, values.GetValueOrDefault("aws_session_token")) { Origin = $"the profile '{name}' in {file}" };
            }
        }

        return isNamed
            ? throw new NixStoreException(
                NixErrorCodes.CacheCredentials,
                $"The profile '{name}' has no aws_access_key_id and aws_secret_access_key in {string.Join(" or ", Places(name).Select(static place => place.File))}. Add them, or put credentials into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
            : null;
    }

    /// <summary>Who is asking; not the secret.</summary>
    public override string ToString() => $"{AccessKeyId} from {Origin}";

    private static IReadOnlyList<(string File, string Section)> Places(string profile)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".aws");
        return
        [
            (Variable("AWS_SHARED_CREDENTIALS_FILE") ?? Path.Combine(folder, "credentials"), profile),
            (Variable("AWS_CONFIG_FILE") ?? Path.Combine(folder, "config"), profile == "default" ? profile : $"profile {profile}"),
        ];
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
