namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Text that is no address of a container engine, or of a kind that is not spoken here.</summary>
    public const string InvalidEngineAddress = "NIXS4154";

    /// <summary>A container engine that cannot be reached, or fell silent.</summary>
    public const string EngineUnreachable = "NIXS4155";

    /// <summary>A container engine that refuses, or could not load an image.</summary>
    public const string EngineRefused = "NIXS4156";

    /// <summary>An answer that no container engine gives.</summary>
    public const string EngineAnswerMalformed = "NIXS4157";
}
