use super::*;

#[tokio::test]
async fn a_command_leaves_before_the_bedrooms_are_introduced() {
    let (mut house, _hand) = house(Store::none().0);
    house.delivery(Input::Lost("gone".to_owned()));
    house.delivery(Input::Connected);
    act(&mut house, vec![switch(1, Switch::Off, Order::SendFirst)]);
    let said = topics(&mut house);
    let first = |what: &str| said.iter().position(|topic| topic.contains(what));
    let (command, introduction) = (first("radiator/set"), first("homeassistant/device/"));
    assert!(command.is_some() && introduction.is_some(), "{said:?}");
    assert!(command < introduction, "{said:?}");
}

#[tokio::test]
async fn a_bedroom_is_shown_after_its_introduction() {
    let (mut house, _hand) = house(Store::none().0);
    house.delivery(Input::Lost("gone".to_owned()));
    house.delivery(Input::Connected);
    house.say_the_rest();
    let before = house.render.0;
    house.show(BedroomId(0));
    assert_eq!(house.render.0, before, "a picture that nobody could place yet");
    let said = topics(&mut house);
    let first = |what: &str| said.iter().position(|topic| topic.contains(what));
    let (introduction, picture) = (first("homeassistant/device/"), first("bedroom/state"));
    assert!(introduction.is_some() && introduction < picture, "{said:?}");
}

#[tokio::test]
async fn what_was_introduced_before_the_connection_broke_is_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, _hand) =
        house_of(plan(), Wall::default(), Store::open(dir.path()).expect("not taken").0);
    house.introduced.clear();
    house.introduce();
    assert!(house.introduce_next());
    let introduced = house.introduced.clone();
    assert!(!introduced.is_empty());
    house.delivery(Input::Lost("gone".to_owned()));
    house.flush().await;
    drop(house);
    let (_store, loaded) = Store::open(dir.path()).expect("not taken");
    assert_eq!(loaded.introduced, introduced);
}
