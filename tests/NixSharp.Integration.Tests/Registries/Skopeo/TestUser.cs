using NixSharp.Registries;

namespace NixSharp.Integration.Tests.Registries.Skopeo;

/// <summary>Who may use the registries of these tests.</summary>
internal static class TestUser
{
    public const string Name = "alice";

    public const string Password = "secret-pw";

    public const string Htpasswd = "alice:$2y$05$abcdefghijklmnopqrstuutaz/SHXsrvqy/ChnunBIcMuq4PCR.gG\n";

    public static CredentialStore Credentials { get; } = CredentialStore.From(new RegistryCredentials(Name, Password));
}
