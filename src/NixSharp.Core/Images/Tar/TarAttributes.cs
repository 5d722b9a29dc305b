namespace NixSharp.Images.Tar;

/// <summary>What a tar archive says of an entry besides its name and contents.</summary>
/// <param name="Mode">The permission bits.</param>
/// <param name="Owner">The number of the user that it belongs to.</param>
/// <param name="Group">The number of the group that it belongs to.</param>
/// <param name="OwnerName">The user's name, up to 32 characters of ASCII; null writes none.</param>
/// <param name="GroupName">The group's name, likewise.</param>
/// <param name="Time">When it was changed, in seconds after 1970 began.</param>
internal readonly record struct TarAttributes(
    int Mode,
    int Owner = 0,
    int Group = 0,
    string? OwnerName = null,
    string? GroupName = null,
    long Time = TarHeader.Time);
