namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Text that is no image reference.</summary>
    public const string InvalidImageReference = "NIXS4101";

    /// <summary>A registry that cannot be reached, or says that it is down or overloaded.</summary>
    public const string RegistryUnreachable = "NIXS4102";

    /// <summary>A registry that does not allow what was asked, with the credentials that there are.</summary>
    public const string RegistryAccessDenied = "NIXS4103";

    /// <summary>A repository, manifest or blob that is not in the registry.</summary>
    public const string RegistryNotFound = "NIXS4104";

    /// <summary>A registry that refuses a request for a reason of its own.</summary>
    public const string RegistryRefused = "NIXS4105";

    /// <summary>Contents whose digest is not the one that they should have.</summary>
    public const string RegistryDigestMismatch = "NIXS4106";

    /// <summary>An answer that is against the distribution specification, unsafe to follow, or too large.</summary>
    public const string RegistryAnswerMalformed = "NIXS4107";

    /// <summary>A file with credentials that cannot be read.</summary>
    public const string CredentialsUnreadable = "NIXS4108";

    /// <summary>A credential helper that is missing or failed.</summary>
    public const string CredentialHelperFailed = "NIXS4109";

    /// <summary>A layer that could not be made while it was being pushed.</summary>
    public const string LayerNotPushed = "NIXS4110";

    /// <summary><c>skopeo</c> ran and failed.</summary>
    public const string SkopeoFailed = "NIXS4120";

    /// <summary>A registry that does not delete at all, or not what was asked alone.</summary>
    public const string RegistryDeletionRefused = "NIXS4121";

    /// <summary>Certificates for a registry, or their keys, that cannot be read.</summary>
    public const string CertificatesUnreadable = "NIXS4122";

    /// <summary>A registry whose certificate is not trusted, or with which TLS cannot be spoken.</summary>
    public const string RegistryNotTrusted = "NIXS4123";

    /// <summary>A registry that was asked too often.</summary>
    public const string RegistryRateLimited = "NIXS4124";

    /// <summary>Credentials that cannot be stored or forgotten where they should be.</summary>
    public const string CredentialsNotStored = "NIXS4125";

    /// <summary>A <c>registries.conf</c> that cannot be read.</summary>
    public const string RegistriesConfigurationInvalid = "NIXS4126";

    /// <summary>A registry that <c>registries.conf</c> blocks.</summary>
    public const string RegistryBlocked = "NIXS4127";
}
