namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>JSON that is damaged, or says something else than it should.</summary>
    public const string InvalidJson = "NIXS1035";

    /// <summary>A list of build machines that cannot be read.</summary>
    public const string InvalidMachines = "NIXS1036";

    /// <summary>A list of registrations (<c>nix-store --dump-db</c>) that cannot be read.</summary>
    public const string InvalidRegistration = "NIXS1037";

    /// <summary>A configuration of Nix that cannot be read.</summary>
    public const string InvalidNixConfiguration = "NIXS1038";

    /// <summary>A listing of a NAR that cannot be read, or is not the NAR's.</summary>
    public const string InvalidNarListing = "NIXS1018";

    /// <summary>Something that should be in a NAR and is not.</summary>
    public const string NarEntryNotFound = "NIXS1019";

    /// <summary>Names in one folder that differ only in case.</summary>
    public const string CaseCollision = "NIXS1020";
}
